"""`manage.py operators add|remove IIN`: who serves people in the operators' desk."""

from argparse import ArgumentParser

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand

from cabinet.models import OPERATORS, User


class Command(BaseCommand):
    """Puts people into the operators' group and takes them out. They sign in by certificate."""

    help = "add or remove an operator by IIN"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The action and the person."""
        parser.add_argument("action", choices=("add", "remove"))
        parser.add_argument("iin")

    def handle(self, *args: object, action: str, iin: str, **options: object) -> None:
        """Change the group. A person who has not signed in yet is put down by IIN."""
        group, _created = Group.objects.get_or_create(name=OPERATORS)
        user, _created = User.objects.get_or_create(iin=iin, defaults={"name": iin})
        if action == "add":
            user.groups.add(group)
        else:
            user.groups.remove(group)
        self.stdout.write(f"{iin}: {action}")
