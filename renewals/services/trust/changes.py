"""A change of what is accepted of other authorities: its terms, in data and in words."""

import base64
import binascii
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pki.certificate import CertificateFacts, parse_certificate
from pki.errors import CertificateMalformedError
from pki.models import Acceptance, Authority
from renewals.errors import StatementError
from renewals.services.proposals.kinds import Terms
from renewals.statement import group_hex, show_moment

ACCEPTANCES: dict[Acceptance, Promise] = {
    Acceptance.NOTHING: gettext_lazy("nothing: its certificates are refused"),
    Acceptance.SIGN_IN: gettext_lazy("signing in only"),
    Acceptance.SIGNATURES: gettext_lazy("signatures only"),
    Acceptance.BOTH: gettext_lazy("signing in and signatures"),
}


@dataclass(frozen=True)
class Standing:
    """What an authority is accepted for, and where it tells of revocations ('' where nowhere)."""

    accepted_for: Acceptance
    crl_url: str = ""
    ocsp_url: str = ""

    @classmethod
    def of(cls, authority: Authority) -> "Standing":
        """As it is now."""
        accepted_for = Acceptance(authority.accepted_for)
        return cls(accepted_for, authority.crl_url, authority.ocsp_url)

    def as_terms(self) -> dict[str, str]:
        """As data."""
        return {
            "accepted_for": self.accepted_for.value,
            "crl_url": self.crl_url,
            "ocsp_url": self.ocsp_url,
        }

    def describe(self) -> list[tuple[str, str]]:
        """In the language that is spoken."""
        return [
            (_("Accepted for"), str(ACCEPTANCES[self.accepted_for])),
            (_("Address of its list"), self.crl_url or _("none")),
            (_("Address of its answers"), self.ocsp_url or _("none")),
        ]


@dataclass(frozen=True)
class TrustChange:
    """Which authority (DER), and what holds of it from then on; `before` is None for a new one."""

    name: str
    certificate_der: bytes
    after: Standing
    before: Standing | None = None

    @classmethod
    def of(cls, authority: Authority, after: Standing) -> "TrustChange":
        """Of one that is pinned."""
        der = bytes(authority.certificate_der)
        return cls(authority.name, der, after, Standing.of(authority))

    @property
    def facts(self) -> CertificateFacts:
        """What its certificate says of itself."""
        return parse_certificate(self.certificate_der)

    @property
    def terms(self) -> dict[str, object]:
        """For the statement and the proposal; `read_change` reads them again."""
        return {
            "name": self.name,
            "certificate": base64.b64encode(self.certificate_der).decode(),
            "after": self.after.as_terms(),
            "before": self.before.as_terms() if self.before else None,
        }

    def describe(self) -> list[tuple[str, str]]:
        """All of it, in the language that is spoken."""
        facts = self.facts
        lines = [
            (_("What changes"), self.describe_kind()),
            (_("Short name"), self.name),
            (_("Authority"), facts.subject.common_name),
            (_("Issuer"), facts.issuer_common_name),
            (_("Certificate"), f"№ {group_hex(facts.serial_hex)}"),
            (_("SHA-256"), group_hex(facts.fingerprint)),
            (_("Key"), facts.key_kind),
            (_("In force until"), show_moment(facts.not_after)),
            ("", ""),
            *self.after.describe(),
        ]
        if self.before:
            lines += [("", ""), (_("Until now"), ""), *self.before.describe()]
        return lines

    def describe_kind(self) -> str:
        """What kind of change it is, in a word."""
        if self.before is None:
            return _("a new authority")
        if self.after.accepted_for is Acceptance.NOTHING:
            return _("an authority is not accepted any more")
        return _("an authority that is known already")


def read_change(terms: Terms) -> TrustChange:
    """Raises `StatementError` for anything that is not just such terms."""
    try:
        der = base64.b64decode(str(terms["certificate"]), validate=True)
        parse_certificate(der)
        before = terms["before"]
        return TrustChange(
            name=str(terms["name"]),
            certificate_der=der,
            after=_read_standing(terms["after"]),
            before=None if before is None else _read_standing(before),
        )
    except (KeyError, ValueError, binascii.Error, CertificateMalformedError) as error:
        raise StatementError from error


def _read_standing(terms: object) -> Standing:
    if not isinstance(terms, dict):
        raise StatementError
    return Standing(
        Acceptance(terms["accepted_for"]), str(terms["crl_url"]), str(terms["ocsp_url"])
    )
