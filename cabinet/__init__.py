"""The site, and the place where everything is put together."""

from cabinet.celery import app as celery_app

__all__ = ["celery_app"]
