"""No byte of a container can be another: of the archive, of a file, not even with the seal."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pki.asic import MANIFEST_NAME, SEAL_NAME, read_container, write_container
from pki.container_errors import ContainerDigestError
from pki.errors import PKIError
from tests.renewals.evidence.containers import Kept, judge, lie

pytestmark = pytest.mark.django_db


# The container is the same for every example: it is only read.
MANY = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


# Where, as a part of the length, and what is changed there.
PLACES = st.integers(0, 2**20 - 1)
CHANGES = st.integers(1, 255)


def alter(data: bytes, place: int, change: int) -> bytes:
    altered = bytearray(data)
    altered[place * len(data) >> 20] ^= change
    return bytes(altered)


@given(place=PLACES, change=CHANGES)
@settings(MANY)
def test_no_byte_of_a_container_can_be_another(approved: Kept, place: int, change: int) -> None:
    with pytest.raises(PKIError):
        judge(alter(approved.data, place, change))


@given(which=PLACES, place=PLACES, change=CHANGES)
@settings(MANY)
def test_no_byte_of_a_file_can_be_another(
    approved: Kept, which: int, place: int, change: int
) -> None:
    """In an archive that is in order: every file of it, the list and the seal included."""
    whole = read_container(approved.data)
    parts = {**whole.files, MANIFEST_NAME: whole.manifest, SEAL_NAME: whole.seal}
    name = sorted(parts)[which % len(parts)]
    parts[name] = alter(parts[name], place, change)
    manifest, seal_der = parts.pop(MANIFEST_NAME), parts.pop(SEAL_NAME)
    with pytest.raises(PKIError):
        judge(write_container(parts, manifest=manifest, seal=seal_der))


SIGNED = (
    *("statement.txt", "statement.p7s", "approval.txt", "approval.p7s"),
    *("certificates/holder.cer", "certificates/approver.cer", "certificates/issued-COMBINED.cer"),
    *("requests/COMBINED.csr", "revocation/holder.ocsp", "form.pdf"),
)


@given(name=st.sampled_from(SIGNED), place=PLACES, change=CHANGES)
@settings(MANY)
def test_not_even_with_the_seal_can_what_was_signed_be_another(
    approved: Kept, name: str, place: int, change: int
) -> None:
    """Sealed again by the true key: refused, or nothing that is said has changed."""
    try:
        found = judge(lie(approved, {name: alter(approved.files[name], place, change)}))
    except PKIError:
        return
    # What nobody signs within a CMS or an answer: names of algorithms on its outside.
    assert name.endswith((".p7s", ".ocsp"))
    told = judge(approved.data)
    # The new seal has a time stamp of its own, of a later moment.
    assert replace(found, seal=told.seal) == told


@pytest.mark.parametrize("name", [*SIGNED, "README.txt", "record.json", "authorities.pem"])
def test_a_file_that_is_altered_is_named(approved: Kept, name: str) -> None:
    whole = read_container(approved.data)
    # Whatever the last byte is: a signature ends in any.
    altered = bytes([*whole.files[name][:-1], whole.files[name][-1] ^ 1])
    files = {**whole.files, name: altered}
    with pytest.raises(ContainerDigestError) as raised:
        judge(write_container(files, manifest=whole.manifest, seal=whole.seal))
    assert raised.value.facts["name"] == name
