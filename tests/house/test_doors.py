"""Every address needs a sign-in or is on the list of public ones."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

PUBLIC = {
    "authority",
    "start",
    "sign-in",
    "challenge",
    "enter",
    "expired",
    "help",
    "health",
    "language",
    "revoked",
    "sms-receipt",
    "unsubscribe",
    "verify",
    # These exist in the demo alone.
    "outbox",
    "outbox-calendar",
    "outbox-item",
    "outbox-letter",
}
ADMIN = "admin"
SAMPLES = {
    "number": "2026-00000000",
    "slug": "help",
    "pk": "1",
    "id": "1",
    "certificate_id": "1",
    "purpose": "SIGN",
    "channel": "email",
}


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, pattern.namespace or namespace)
        elif namespace != ADMIN:
            yield namespace, pattern


def own_patterns() -> list[URLPattern]:
    return [pattern for _namespace, pattern in patterns(get_resolver())]


def test_every_address_has_a_name() -> None:
    assert all(pattern.name for pattern in own_patterns())


def test_the_public_list_names_what_exists() -> None:
    assert {pattern.name for pattern in own_patterns()} >= PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted({str(pattern.name) for pattern in own_patterns()} - PUBLIC))
def test_a_stranger_is_sent_to_the_sign_in(client: Client, name: str) -> None:
    (pattern,) = [pattern for pattern in own_patterns() if pattern.name == name]
    arguments = {key: SAMPLES[key] for key in pattern.pattern.converters}
    address = reverse(name, kwargs=arguments)
    for response in (client.get(address), client.post(address)):
        assert response.status_code in {302, 401, 403}
        if response.status_code == 302:
            assert response["Location"].startswith(reverse("sign-in"))


@pytest.mark.django_db
def test_the_admin_has_no_password_form(client: Client) -> None:
    response = client.get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("sign-in"))
    assert b'type="password" name' not in response.content
