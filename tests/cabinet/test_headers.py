"""What every answer carries, so that browsers keep the doors shut."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DIRECTIVES = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types cabinet",
}


def answers(client: Client) -> dict[str, Any]:
    """An answer of each kind: a page, a way on, an error, a refusal, data."""
    return {
        "200": client.get(reverse("start"), secure=True),
        "302": client.get("/my/", secure=True),
        "404": client.get("/none/", secure=True),
        "405": client.get(reverse("challenge"), secure=True),
        "413": client.post(reverse("enter"), {"cms": "A" * 300_000}, secure=True),
        "json": client.post(reverse("challenge"), secure=True),
    }


@pytest.fixture
def tls(settings: LazySettings) -> None:
    """As in production: the values that follow from TLS."""
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 * 2
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True


def test_every_answer_carries_the_headers(client: Client) -> None:
    for kind, answer in answers(client).items():
        for name, value in EXPECTED.items():
            assert answer.headers.get(name) == value, (kind, name)
        assert answer.headers["Cache-Control"] == "no-store", kind
        assert "camera=()" in answer.headers["Permissions-Policy"], kind


def test_every_answer_carries_the_content_security_policy(client: Client) -> None:
    for kind, answer in answers(client).items():
        policy = answer.headers["Content-Security-Policy"]
        assert {part.strip() for part in policy.split(";")} >= DIRECTIVES, kind
        assert "unsafe" not in policy, kind
        assert "http" not in policy, kind


def test_every_answer_asks_for_tls_next_time(client: Client, tls: None) -> None:
    for kind, answer in answers(client).items():
        age = answer.headers["Strict-Transport-Security"]
        assert age == "max-age=63072000; includeSubDomains; preload", kind


def test_cookies_are_out_of_reach_for_scripts(client: Client) -> None:
    client.get(reverse("sign-in"), secure=True)
    client.post(reverse("challenge"), secure=True)
    client.post(reverse("language"), {"language": "kk"}, secure=True)
    assert len(client.cookies) == 3
    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


def test_nobody_gets_in_by_plain_http(client: Client, tls: None) -> None:
    reply = client.get(reverse("sign-in"))
    assert reply.status_code == 301
    assert reply.headers["Location"].startswith("https://")


def test_health_answers_without_tls(client: Client, tls: None) -> None:
    assert client.get(reverse("health")).status_code == 200
