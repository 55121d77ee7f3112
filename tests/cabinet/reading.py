"""What a test reads of a page and of who is on it."""

import re

from django.urls import reverse

from pki.models import Certificate
from tests.cabinet.colleagues import Colleague, Reply


def row_of(colleague: Colleague) -> Certificate:
    return next(iter(colleague.holder.certificates.values()))


def words(reply: Reply) -> str:
    """What is read on the page, without its markup."""
    text: str = re.sub(r"<[^>]+>", " ", reply.content.decode())
    return re.sub(r"\s+", " ", text)


def leads_to(reply: Reply, name: str, *args: object) -> None:
    assert (reply.status_code, reply["Location"]) == (302, reverse(name, args=args))
