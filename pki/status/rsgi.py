"""The way in for granian: `granian --interface rsgi pki.status.rsgi:application`."""

import django

django.setup()

from pki.status.app import App  # noqa: E402  # needs Django to be set up

application = App()
