"""A container is built and sealed. No row is written here, and no transaction is open."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from pki.asic import write_container, write_manifest
from pki.issuer.cms_writer import seal_content
from pki.issuer.keys import KeyBackend
from pki.models import ServiceCertificate
from pki.profiles import ServiceKind
from renewals.evidence.files import write_files
from renewals.evidence.ingredients import Ingredients
from renewals.evidence.judge import verify_evidence
from renewals.evidence.material import Material
from renewals.evidence.pinned import Pinned
from renewals.form.facts import FormFacts
from renewals.form.pdf import write_form
from renewals.models import Renewal
from renewals.services.answering import answer_all
from renewals.services.stamping import find_stamper


@dataclass(frozen=True)
class Gathered:
    """An application as it was in one moment, and the authorities that are pinned."""

    renewal: Renewal
    material: Material
    form: FormFacts
    pinned: Pinned


def find_sealer(authority_id: int, *, now: datetime) -> ServiceCertificate | None:
    """In force: of that authority, if it seals; else of another of ours."""
    seals = ServiceCertificate.objects.of_kind(ServiceKind.SEAL).current(now).unrevoked()
    rows = seals.select_related("authority")
    return min(rows, key=lambda row: row.authority_id != authority_id, default=None)


def build(
    gathered: Gathered, sealer: ServiceCertificate, keys: KeyBackend, *, now: datetime
) -> bytes:
    """The sealed container, judged before it leaves. Writes nothing.

    Raises `PKIError`, `FontsError`; `StampAwayError` where no time stamp can be had just now.
    """
    made_at, pinned = now.replace(microsecond=0), gathered.pinned
    chain = (bytes(sealer.certificate_der), *pinned.path_of(sealer.authority_id))
    stamper = find_stamper(pinned, now=now)
    given = Ingredients(
        material=gathered.material,
        form=write_form(gathered.form),
        answers=answer_all(gathered.material, chain, pinned=pinned, keys=keys, now=made_at),
        sealer=chain,
        made_at=made_at,
        portal=settings.PORTAL_NAME,
        verify_address=gathered.form.verify_address,
        stampers=stamper.chain if stamper is not None else (),
    )
    files = write_files(given)
    manifest = write_manifest(files)
    seal = seal_content(
        manifest,
        sealer=sealer.signer_facts,
        keys=keys,
        now=made_at,
        stamp=stamper.stamp if stamper is not None else None,
    )
    data = write_container(files, manifest=manifest, seal=seal)
    verify_evidence(data, trust=pinned.trust)
    return data
