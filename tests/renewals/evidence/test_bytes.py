"""No byte of a container can be another: of the archive, of a file, not even with the seal."""

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


@given(draw=st.data())
@settings(MANY)
def test_no_byte_of_a_container_can_be_another(approved: Kept, draw: st.DataObject) -> None:
    position = draw.draw(st.integers(0, len(approved.data) - 1))
    altered = bytearray(approved.data)
    altered[position] ^= draw.draw(st.integers(1, 255))
    with pytest.raises(PKIError):
        judge(bytes(altered))


@given(draw=st.data())
@settings(MANY)
def test_no_byte_of_a_file_can_be_another(approved: Kept, draw: st.DataObject) -> None:
    """In an archive that is in order: every file of it, the list and the seal included."""
    whole = read_container(approved.data)
    parts = {**whole.files, MANIFEST_NAME: whole.manifest, SEAL_NAME: whole.seal}
    name = draw.draw(st.sampled_from(sorted(parts)))
    data = bytearray(parts[name])
    data[draw.draw(st.integers(0, len(data) - 1))] ^= draw.draw(st.integers(1, 255))
    parts[name] = bytes(data)
    manifest, seal_der = parts.pop(MANIFEST_NAME), parts.pop(SEAL_NAME)
    with pytest.raises(PKIError):
        judge(write_container(parts, manifest=manifest, seal=seal_der))


SIGNED = (
    *("statement.txt", "statement.p7s", "approval.txt", "approval.p7s"),
    *("certificates/holder.cer", "certificates/approver.cer", "certificates/issued-COMBINED.cer"),
    *("requests/COMBINED.csr", "revocation/holder.ocsp", "form.pdf"),
)


@given(draw=st.data())
@settings(MANY)
def test_not_even_with_the_seal_can_what_was_signed_be_another(
    approved: Kept, draw: st.DataObject
) -> None:
    """Sealed again by the true key: refused, or nothing that is said has changed."""
    name = draw.draw(st.sampled_from(SIGNED))
    data = bytearray(approved.files[name])
    data[draw.draw(st.integers(0, len(data) - 1))] ^= draw.draw(st.integers(1, 255))
    try:
        found = judge(lie(approved, {name: bytes(data)}))
    except PKIError:
        return
    # What nobody signs within a CMS or an answer: names of algorithms on its outside.
    assert name.endswith((".p7s", ".ocsp"))
    assert found == judge(approved.data)


@pytest.mark.parametrize("name", [*SIGNED, "README.txt", "record.json", "authorities.pem"])
def test_a_file_that_is_altered_is_named(approved: Kept, name: str) -> None:
    whole = read_container(approved.data)
    # Whatever the last byte is: a signature ends in any.
    altered = bytes([*whole.files[name][:-1], whole.files[name][-1] ^ 1])
    files = {**whole.files, name: altered}
    with pytest.raises(ContainerDigestError) as raised:
        judge(write_container(files, manifest=whole.manifest, seal=whole.seal))
    assert raised.value.facts["name"] == name
