"""The public page about the authority: rules, certificates with fingerprints, addresses."""

import hashlib

import pytest
from django.test import Client
from django.urls import reverse

from pki.models import Authority
from tests.cabinet.reading import words

pytestmark = pytest.mark.django_db


def page(language: str = "en") -> str:
    client = Client(headers={"Accept-Language": language})
    reply = client.get(reverse("authority"), secure=True)
    assert reply.status_code == 200
    return words(reply)


def test_it_shows_rules_and_every_certificate_with_its_fingerprint(authority: Authority) -> None:
    text = page()
    assert "How a certificate is revoked" in text
    for row in Authority.objects.all():
        digest = hashlib.sha256(bytes(row.certificate_der)).hexdigest()
        assert " ".join(digest[at : at + 4] for at in range(0, 64, 4)) in text
        assert row.issuer_facts.certificate_url in text
        assert row.issuer_facts.crl_url in text
    assert authority.issuer_facts.ocsp_url in text
    assert authority.issuer_facts.delta_url in text


def test_somebody_elses_authority_is_not_shown_as_ours(authority: Authority) -> None:
    Authority.objects.filter(pk=authority.pk).update(is_issuing=False, key_name="")
    assert authority.issuer_facts.crl_url not in page()


def test_without_any_authority_it_says_so() -> None:
    assert "There is no authority here yet" in page()
