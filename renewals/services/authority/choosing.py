"""Which of our authorities issues: for a renewal, and for a first certificate."""

from collections.abc import Collection
from datetime import UTC, datetime

from pki.errors import KeyMissingError
from pki.issuer.keys import key_kind
from pki.issuer.pattern import material_of
from pki.models import Authority

BEGINNING = datetime.min.replace(tzinfo=UTC)


def issuing_authority(
    own: Authority, authorities: Collection[Authority], *, now: datetime
) -> Authority:
    """Who issues what follows a certificate of `own`.

    The newest of its line that has begun and is not retired; where its line has ended, or it is
    somebody else's, another of ours with keys of the same algorithm; else any other of ours.
    Raises `KeyMissingError` where none of ours issues.
    """
    rows = sorted(
        (row for row in authorities if row.may_issue(now)),
        key=lambda row: (row.issues_from or BEGINNING, -row.pk),
        reverse=True,
    )
    followed = {row.pk: row.follows_id for row in authorities}
    for row in rows:
        if own.pk in _line(row.pk, followed):
            return row
    lines = {row.pk: _line(row.pk, followed) for row in rows}
    # Whoever is followed by another that issues does so no more.
    rows = [row for row in rows if not any(row.pk in lines[one][1:] for one in lines)]
    if own.certificate_der:
        rows = [row for row in rows if _algorithm(row) == _algorithm(own)] or rows
    if not rows:
        raise KeyMissingError(path="an authority that issues")
    # Of several lines the oldest: nobody has said that another takes over from it.
    return min(rows, key=lambda row: row.pk)


def _line(pk: int, followed: dict[int, int | None]) -> list[int]:
    """An authority, the one it follows, and so on back."""
    line: list[int] = []
    current: int | None = pk
    while current is not None and current not in line:
        line.append(current)
        current = followed.get(current)
    return line


def _algorithm(row: Authority) -> str:
    """`RSA` or `P`; '' of a key that is none of ours."""
    try:
        return key_kind(material_of(row.issuer_facts).public_key).partition("-")[0]
    except (TypeError, ValueError):
        return ""
