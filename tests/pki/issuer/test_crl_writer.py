"""Lists that we make: read by others' programs as they are meant, or not made at all."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from pki.authority import IssuerFacts
from pki.crl_entry import encode_entry
from pki.errors import KeyMismatchError, NotPlannedError
from pki.issuer.crl_writer import ListPlan, write_list
from pki.revocation import Reason
from tests.list_clients import gnutls_accepts, openssl_accepts, pkilint_findings
from tests.pki.issuer.conftest import NOW, Made

# GnuTLS looks at the clock.
THIS = datetime.now(UTC).replace(microsecond=0)
NEXT = THIS + timedelta(hours=48)
SERIALS = ("40" * 20, "7f" + "00" * 19, "01")
OF = {
    "whole": {"has_changes": True},
    "whole alone": {},
    "changes": {"base_number": 3},
    "part": {"part": 5},
}


def entries(count: int = len(SERIALS)) -> list[bytes]:
    return [encode_entry(serial, NOW, Reason.SUPERSEDED) for serial in SERIALS[:count]]


def plan(made: Made, kind: str, number: int = 7) -> ListPlan:
    return ListPlan(
        issuer=made.issuer,
        number=number,
        this_update=THIS,
        next_update=NEXT,
        **OF[kind],  # type: ignore[arg-type]
    )


def write(made: Made, kind: str, rows: Sequence[bytes]) -> bytes:
    return write_list(plan(made, kind), rows, made.keys)


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("kind", OF)
def test_everybody_reads_it_and_nobody_finds_fault(
    made: Made, kind: str, count: int, tmp_path: Path
) -> None:
    data = write(made, kind, entries(count))
    assert openssl_accepts(data, made.new.issuing_der, tmp_path) == "verify OK"
    chain = [made.new.issuing_der, made.new.root_der]
    said = gnutls_accepts(data, chain, tmp_path)
    assert "Verification output: Verified." in said, said
    assert pkilint_findings(data) == []
    loaded = x509.load_der_x509_crl(data)
    assert [one.serial_number for one in loaded] == [int(s, 16) for s in SERIALS[:count]]
    assert (loaded.last_update_utc, loaded.next_update_utc) == (THIS, NEXT)
    issuer = x509.load_der_x509_certificate(made.new.issuing_der)
    assert loaded.issuer.public_bytes() == issuer.subject.public_bytes()
    assert loaded.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]


def test_each_kind_says_what_it_is(ec_made: Made) -> None:
    found = {
        kind: {
            extension.oid: (extension.value, extension.critical)
            for extension in x509.load_der_x509_crl(write(ec_made, kind, entries())).extensions
        }
        for kind in OF
    }
    always = {ExtensionOID.AUTHORITY_KEY_IDENTIFIER, ExtensionOID.CRL_NUMBER}
    for said in found.values():
        assert said[ExtensionOID.CRL_NUMBER] == (x509.CRLNumber(7), False)
        assert not said[ExtensionOID.AUTHORITY_KEY_IDENTIFIER][1]
    assert found["whole alone"].keys() == always
    assert found["whole"].keys() == always | {ExtensionOID.FRESHEST_CRL}
    assert found["changes"].keys() == always | {ExtensionOID.DELTA_CRL_INDICATOR}
    assert found["part"].keys() == always | {ExtensionOID.ISSUING_DISTRIBUTION_POINT}
    freshest, is_critical = found["whole"][ExtensionOID.FRESHEST_CRL]
    assert isinstance(freshest, x509.FreshestCRL)
    assert not is_critical
    assert freshest[0].full_name == [x509.UniformResourceIdentifier(ec_made.issuer.delta_url)]
    assert found["changes"][ExtensionOID.DELTA_CRL_INDICATOR] == (x509.DeltaCRLIndicator(3), True)
    scope, is_critical = found["part"][ExtensionOID.ISSUING_DISTRIBUTION_POINT]
    assert isinstance(scope, x509.IssuingDistributionPoint)
    assert is_critical
    assert scope.full_name == [x509.UniformResourceIdentifier(ec_made.issuer.list_url(5))]
    assert (scope.only_contains_user_certs, scope.only_contains_ca_certs) == (True, False)


def test_a_list_signed_by_another_key_never_leaves(authorities: dict[str, Made]) -> None:
    class Wrong:
        def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
            other = authorities["rsa"]
            return other.keys.sign(other.issuer, data)

    for count in (0, 2):
        with pytest.raises((NotPlannedError, KeyMismatchError)):
            write_list(plan(authorities["ec"], "whole"), entries(count), Wrong())


def test_a_damaged_signature_never_leaves(made: Made) -> None:
    class Careless:
        def sign(self, issuer: IssuerFacts, data: bytes) -> bytes:
            signature = bytearray(made.keys.sign(issuer, data))
            signature[-1] ^= 1
            return bytes(signature)

    with pytest.raises(NotPlannedError):
        write_list(plan(made, "whole"), entries(), Careless())


@pytest.mark.parametrize("rows", [[b"\x30"], [b"\x05\x00"], [b"\x30\x03\x02\x01"], [b"x" * 54]])
def test_damaged_entries_never_leave(ec_made: Made, rows: list[bytes]) -> None:
    with pytest.raises(NotPlannedError):
        write(ec_made, "whole", rows)
