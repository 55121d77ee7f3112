"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cabinet.settings")

application = get_wsgi_application()

from django.db import connection  # noqa: E402  # what follows needs Django to be set up
from django.utils import timezone  # noqa: E402

from renewals.services.authority.starting import look_at_start  # noqa: E402
from renewals.services.settings_watch import note_settings_at_start  # noqa: E402

note_settings_at_start("web", now=timezone.now())
look_at_start()
# Requests are answered by other threads, with connections of their own.
connection.close()
