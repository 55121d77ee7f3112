"""Ceremonies as an operator does them: by the command."""

from io import StringIO

from django.core.management import call_command


def run(*words: str) -> str:
    """What `manage.py authority …` prints."""
    out = StringIO()
    call_command("authority", *words, stdout=out)
    return out.getvalue()


def create(name: str = "ec", profile: str = "ec", *words: str) -> str:
    """A root and an authority."""
    return run("create", "--profile", profile, "--name", name, *words)
