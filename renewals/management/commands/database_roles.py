"""`manage.py database_roles`: roles of PostgreSQL with no more rights than each process needs."""

import re
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from renewals.database_roles import common_statements, rights, statements

PREFIX = re.compile(r"[a-z][a-z0-9_]{0,30}")


class Command(BaseCommand):
    """Run by the owner of the tables, after every `migrate`: new tables are nobody's until then."""

    help = "print, or with --apply give, the rights of the roles web, worker and status"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How they are called, and whether to do it."""
        parser.add_argument("--prefix", default="cabinet", help="roles are called PREFIX_web, …")
        parser.add_argument("--apply", action="store_true", help="do it, not only print it")

    def handle(self, *args: object, prefix: str, apply: bool, **options: object) -> None:
        """All of it or nothing."""
        if not PREFIX.fullmatch(prefix):
            raise CommandError(f"not a name for roles: {prefix!r}")
        every = [*common_statements()]
        for given in rights(prefix):
            every += statements(given)
        if apply:
            _apply(every)
        for statement in every:
            self.stdout.write(f"{statement};")


def _apply(every: list[str]) -> None:
    if connection.vendor != "postgresql":
        raise CommandError("there are no roles in this database: only PostgreSQL has them")
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in every:
            cursor.execute(statement)
