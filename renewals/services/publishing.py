"""Lists of revoked certificates: whole, of changes, and in parts; made, published, written down.

If that fails, the last good file stays where it is, and operators are told when it gets old.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from pki.errors import PKIError
from pki.issuer.keys import KeyBackend
from pki.models import Authority, ListScope
from renewals.errors import ListBusyError, ListLateError, RenewalError
from renewals.services import keyring, troubles
from renewals.services.lists import due, files
from renewals.services.lists.due import Place
from renewals.services.lists.entries import encode_pending, find_releases
from renewals.services.lists.making import Run, make_lists
from renewals.services.lists.record import Made, record, take_number

logger = logging.getLogger(__name__)


def publish_due(*, now: datetime) -> int:
    """Make the lists of our authorities that do not tell everything, or are due.

    Asked for all the time: where nothing is due it costs a few questions. Returns how many
    authorities have new lists.
    """
    keys = keyring.held()
    done = 0
    for authority in Authority.objects.exclude(key_name="").order_by("pk"):
        if due.is_over(authority, now=now):
            troubles.end(_subject(authority), now)
            continue
        try:
            if keys is not None and publish_changes(authority, keys=keys, now=now):
                done += 1
        except ListBusyError:
            continue
        except (PKIError, RenewalError) as error:
            logger.warning("no list of %s: %s %s", authority.name, error.code, error.facts)
            _watch(authority, error.code, now)
        else:
            _watch(authority, ListLateError.code, now)
    return done


def publish_changes(authority: Authority, *, keys: KeyBackend, now: datetime) -> Sequence[Made]:
    """Make the lists of one authority that do not tell everything, or are due; often none.

    Raises as `publish` does.
    """
    wanted = due.due_places(authority, now=now)
    if not wanted and not due.has_pending(authority):
        return ()
    return _publish(authority, keys, wanted, now)


def publish(authority: Authority, *, keys: KeyBackend, now: datetime) -> Sequence[Made]:
    """Make every list of one authority now, whether due or not.

    Raises `ListBusyError` while another process makes them, `ListWriteError`, and what the keys
    raise; the lists before stay.
    """
    made = _publish(authority, keys, set(due.places(authority)), now)
    troubles.end(_subject(authority), now)
    return made


def _subject(authority: Authority) -> str:
    return f"list:{authority.name}"


def _watch(authority: Authority, code: str, now: datetime) -> None:
    """Operators hear of lists that are late once, and again when they are not any more."""
    since = due.late_since(authority, now=now)
    if since is None:
        troubles.end(_subject(authority), now)
        return
    facts = {"authority": authority.name, "since": since.isoformat()}
    troubles.begin(_subject(authority), code, facts, now)


def _publish(
    authority: Authority, keys: KeyBackend, wanted: set[Place], now: datetime
) -> Sequence[Made]:
    """No transaction is open while the key signs and files are written."""
    with files.alone(authority.name):
        authority.refresh_from_db()
        # Releases first: what is released later may be missing from both, till the next run.
        releases = find_releases(authority)
        pending = encode_pending(authority)
        changed = {(ListScope.PART, row.partition) for row in releases}
        changed |= {(ListScope.PART, row.partition) for row in pending}
        run = Run(authority, keys, take_number(authority), now.replace(microsecond=0))
        made = make_lists(run, wanted | changed)
        files.put_in_place([one.file for one in made])
        record(authority, made, pending=pending, releases=releases, now=now)
    return made
