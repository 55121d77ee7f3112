"""`manage.py states PAGE`: write the table of states between its marks in a page."""

import re
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from renewals.states_page import write_states

BETWEEN = re.compile(r"(<!-- states -->\n).*?(<!-- /states -->)", re.DOTALL)


class Command(BaseCommand):
    """Run by `make docs`; a test says when it is due."""

    help = "write the table of states into a page"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which page."""
        parser.add_argument("page", type=Path)

    def handle(self, *args: object, page: Path, **options: object) -> None:
        """Replace what stands between the marks."""
        text = BETWEEN.sub(lambda mark: f"{mark[1]}{write_states()}\n{mark[2]}", page.read_text())
        page.write_text(text)
