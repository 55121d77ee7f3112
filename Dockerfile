# syntax=docker/dockerfile:1
# Two stages: what builds stays behind, what runs has no compiler, no node and no root.

FROM python:3.12-slim-bookworm AS build
WORKDIR /app
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
COPY requirements.lock requirements-dev.lock ./
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r requirements.lock \
 && python -m venv /build && /build/bin/pip install --require-hashes -r requirements-dev.lock
COPY . .
RUN cd cabinet/frontend && PATH=/build/bin:$PATH npm ci --ignore-scripts && PATH=/build/bin:$PATH node build.mjs \
 && rm -rf node_modules
RUN /build/bin/python -m cabinet.translations compile
RUN SECRET_KEY=build DATABASE_URL=sqlite:////dev/null STATIC_ROOT=/static /venv/bin/python manage.py collectstatic --no-input

FROM python:3.12-slim-bookworm
RUN groupadd --gid 1000 cabinet && useradd --uid 1000 --gid cabinet --no-create-home cabinet \
 && install -d -o cabinet -g cabinet -m 0700 /ca /status-keys /documents /checkpoints \
 && install -d -o cabinet -g cabinet -m 0755 /published
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/static CA_KEY_DIRECTORY=/ca STATUS_KEY_DIRECTORY=/status-keys PUBLICATION_DIRECTORY=/published CHECKPOINT_DIRECTORY=/checkpoints DOCUMENTS_DIRECTORY=/documents
COPY --from=build /venv /venv
COPY --from=build /static /static
COPY --from=build /app /app
USER cabinet
CMD ["gunicorn", "cabinet.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--worker-class", "gthread", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
