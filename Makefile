# What can be done here. Needs Python 3.11+, make and git; everything else is fetched.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
# Browser tests run by themselves: their driver leaves an event loop running in its process.
PYTEST := $(PY) -m pytest -n 2 --dist worksteal
FRONTEND := cabinet/frontend
STATIC := cabinet/static/cabinet
# The system's node where it is new enough; otherwise the one from PyPI in the environment.
NODE_BIN := $(shell node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null && echo "" || echo "$(CURDIR)/$(VENV)/bin:")
export PATH := $(NODE_BIN)$(PATH)
ADDRESS := http://127.0.0.1:$(PORT)
# What answers about certificates listens beside the site.
STATUS := http://127.0.0.1:$(shell expr $(PORT) + 1)/pki
EMBEDDED := CABINET_ENV_FILE=var/embedded.env PORTAL_URL=$(ADDRESS) PKI_BASE_URL=$(STATUS)

.DEFAULT_GOAL := help
.PHONY: help run test check bench format clean build messages docs lock chromium shots anew

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: build var/.migrated var/.collected  ## the site with all that belongs to it on http://127.0.0.1:8000 (PORT= changes it)
	@$(EMBEDDED) $(PY) manage.py demo
	@echo "$(ADDRESS) is about to open; Ctrl-C stops everything."
	@$(EMBEDDED) $(PY) manage.py serve --port $(PORT)

test: build chromium  ## every test on SQLite, data and worker also on PostgreSQL and Redis, the browser
	$(PYTEST) -m "not e2e"
	TEST_SERVERS=1 $(PYTEST) -m "data or worker"
	$(PYTEST) -m e2e

check: build  ## lint, types, import contracts, migrations, translations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(PY) -m tests.environment $(VENV)/bin/mypy
	cd $(FRONTEND) && npx --no-install tsc --noEmit
	$(VENV)/bin/lint-imports
	$(PY) -m tests.environment $(PY) manage.py makemigrations --check --dry-run
	$(PY) -m cabinet.translations check

bench: build  ## medians and ratios of issuing and verifying, in one run
	$(PY) -m tests.environment $(PY) -m tests.benchmarks

format: $(VENV)/.installed  ## lay out the code
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

messages: $(VENV)/.installed  ## bring new sentences into the catalogues
	$(PY) -m cabinet.translations extract

docs: $(VENV)/.installed  ## write the generated parts of docs/
	$(PY) -m tests.environment $(PY) manage.py states docs/architecture.md

shots: build chromium  ## the README's picture, taken in the browser tests
	CABINET_SHOTS=docs/pictures $(PY) -m pytest tests/e2e -k pictures

lock: $(VENV)/.installed  ## pin what pyproject.toml asks for, with hashes
	$(PY) -m pip install --quiet uv
	$(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	$(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml --group dev -o requirements-dev.lock

clean:  ## forget everything that was built or run, the demo's data included
	rm -rf $(VENV) var cabinet/static $(FRONTEND)/node_modules
	rm -f cabinet/locale/.compiled cabinet/locale/*/LC_MESSAGES/*.mo

build: $(VENV)/.installed $(STATIC)/.built cabinet/locale/.compiled

$(VENV)/.installed: requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(FRONTEND)/node_modules/.installed: $(FRONTEND)/package-lock.json $(VENV)/.installed
	cd $(FRONTEND) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(STATIC)/.built: $(FRONTEND)/node_modules/.installed $(FRONTEND)/build.mjs $(shell find $(FRONTEND)/src $(FRONTEND)/css -type f 2>/dev/null)
	cd $(FRONTEND) && node build.mjs
	@touch $@

cabinet/locale/.compiled: $(shell find cabinet/locale -name '*.po' 2>/dev/null) $(VENV)/.installed
	$(PY) -m cabinet.translations compile
	@touch $@

var/embedded.env: | $(VENV)/.installed
	@$(PY) -m cabinet.embedded

# Stamps, so that a second start does only what has changed; a database that is gone is made anew.
var/.migrated: $(wildcard */migrations/*.py) var/embedded.env $(if $(wildcard var/cabinet.sqlite3),,anew)
	@$(EMBEDDED) $(PY) manage.py migrate --verbosity 0
	@touch $@

var/.collected: $(STATIC)/.built var/embedded.env $(if $(wildcard var/static),,anew)
	@$(EMBEDDED) $(PY) manage.py collectstatic --no-input --verbosity 0
	@touch $@

anew:

chromium: $(VENV)/.installed
	@$(PY) -m tests.chromium
