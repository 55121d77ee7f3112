"""Pages that need no sign-in: start, help, the page of the expired, errors, language, health."""

import logging
import re
from unittest import mock

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cabinet.models import Text
from cabinet.texts import HELP_PAGES, SLUGS, Block, blocks_of
from cabinet.views import public
from tests.cabinet.people import Issuer
from tests.cabinet.visitor import Visitor

pytestmark = pytest.mark.django_db
PUBLIC = ["start", "sign-in", "expired"]
LANGUAGES = ["kk", "ru", "en"]


def pages() -> list[str]:
    return [*map(reverse, PUBLIC), *(reverse("help", args=[slug]) for slug in HELP_PAGES)]


@pytest.fixture
def browser() -> Client:
    return Client(
        headers={"Accept": "text/html", "Accept-Language": "en"}, raise_request_exception=False
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page_opens_without_sign_in(browser: Client, language: str) -> None:
    for path in pages():
        reply = browser.get(path, headers={"Accept-Language": language}, secure=True)
        assert reply.status_code == 200, path
        page = reply.content.decode()
        assert f'<html lang="{language}">' in page
        assert page.count("<h1>") == 1
        assert re.search(r"<title>\s*\S", page)


def test_the_page_is_russian_unless_somebody_asks_for_another(browser: Client) -> None:
    page = Client().get(reverse("start"), secure=True).content.decode()
    assert '<html lang="ru">' in page


def test_no_page_carries_script_or_style_of_its_own(browser: Client) -> None:
    for path in pages():
        page = browser.get(path, secure=True).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert not re.search(r"<[^>]* on[a-z]+=", page)
        scripts = re.findall(r"<script([^>]*)>", page)
        assert all("src=" in script or "application/json" in script for script in scripts)


def test_the_key_file_and_its_password_have_no_name(browser: Client) -> None:
    page = browser.get(reverse("sign-in"), secure=True).content.decode()
    for kind in ("file", "password"):
        (field,) = re.findall(rf'<input[^>]*type="{kind}"[^>]*>', page)
        assert " name=" not in field


def test_the_start_page_leads_who_is_signed_in_to_his_certificates() -> None:
    visitor = Visitor()
    assert visitor.sign_in(Issuer("main").issue()).status_code == 200
    page = visitor.client.get(reverse("start"), secure=True).content.decode()
    assert f'href="{reverse("my")}"' in page
    assert reverse("sign-in") not in page


def test_help_that_does_not_exist_is_not_found(browser: Client) -> None:
    assert browser.get("/help/expired/", secure=True).status_code == 404
    assert browser.get("/help/none/", secure=True).status_code == 404


# --- texts of operators -------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_every_text_has_words_before_anybody_wrote_any(slug: str) -> None:
    assert all(block.lines[0] for block in blocks_of(slug, "en"))


def test_a_text_of_an_operator_is_shown_in_its_language_only(browser: Client) -> None:
    Text.objects.create(slug="expired", language="en", body="Come to window 5.")
    page = browser.get(reverse("expired"), secure=True).content.decode()
    assert "Come to window 5." in page
    other = browser.get(reverse("expired"), headers={"Accept-Language": "ru"}, secure=True)
    assert "window 5" not in other.content.decode()


def test_an_empty_text_of_an_operator_changes_nothing(browser: Client) -> None:
    Text.objects.create(slug="expired", language="en", body=" \n")
    assert "service centre" in browser.get(reverse("expired"), secure=True).content.decode()


def test_a_text_is_headings_lists_and_paragraphs() -> None:
    body = "Two\r\nlines\r\n\r\n## A heading\n\n- one\n- two\n\n\n- not\na list"
    Text.objects.create(slug="help", language="kk", body=body)
    assert blocks_of("help", "kk") == [
        Block("paragraph", ("Two lines",)),
        Block("heading", ("A heading",)),
        Block("list", ("one", "two")),
        Block("paragraph", ("- not a list",)),
    ]


def test_a_text_never_becomes_markup(browser: Client) -> None:
    Text.objects.create(slug="help", language="en", body="<b>bold</b>\n\n## <i>\n\n- <script>")
    page = browser.get(reverse("help", args=["help"]), secure=True).content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "<script>" not in page


# --- errors -----------------------------------------------------------------------------------


def test_a_page_that_does_not_exist_says_so(browser: Client) -> None:
    reply = browser.get("/no/such/page/", secure=True)
    assert reply.status_code == 404
    assert "Page not found" in reply.content.decode()


def test_a_script_gets_json_where_a_page_does_not_exist(browser: Client) -> None:
    reply = browser.get("/none/", headers={"Accept": "application/json"}, secure=True)
    assert (reply.status_code, reply.json()["code"]) == (404, "ui.not_found")


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_fault_of_ours_shows_a_number_that_is_in_the_log(
    browser: Client, caplog: pytest.LogCaptureFixture, accept: str
) -> None:
    fault = RuntimeError("secret detail")
    with mock.patch.object(public, "blocks_of", side_effect=fault), caplog.at_level(logging.ERROR):
        reply = browser.get(reverse("expired"), headers={"Accept": accept}, secure=True)
    page = reply.content.decode()
    assert reply.status_code == 500
    assert "secret detail" not in page
    (reference,) = set(re.findall(r"Reference ([0-9A-F]{8})", caplog.text))
    assert reference in page
    assert "secret detail" in caplog.text


def test_a_form_without_a_token_is_told_to_reload() -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    reply = strict.post(reverse("sign-out"), secure=True)
    assert reply.status_code == 403
    assert "open for too long" in reply.content.decode()


# --- language and health -------------------------------------------------------------------------


def test_a_language_is_remembered_and_the_page_stays(
    browser: Client, settings: LazySettings
) -> None:
    page = reverse("help", args=["privacy"])
    reply = browser.post(reverse("language"), {"language": "kk", "next": page}, secure=True)
    assert reply.headers["Location"] == page
    assert reply.cookies[settings.LANGUAGE_COOKIE_NAME].value == "kk"
    assert '<html lang="kk">' in browser.get(page, secure=True).content.decode()


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "\x00"])
def test_a_language_never_leads_to_another_site(browser: Client, where: str) -> None:
    reply = browser.post(reverse("language"), {"language": "kk", "next": where}, secure=True)
    assert "evil" not in reply.headers["Location"]


@pytest.mark.parametrize("language", ["xx", "", "\x00", "ru" * 300])
def test_a_language_that_nobody_speaks_changes_nothing(
    browser: Client, settings: LazySettings, language: str
) -> None:
    reply = browser.post(reverse("language"), {"language": language}, secure=True)
    assert reply.status_code == 302
    assert settings.LANGUAGE_COOKIE_NAME not in reply.cookies


def test_health_is_told_to_anybody(client: Client) -> None:
    reply = client.get(reverse("health"))
    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})


def test_health_fails_with_the_database(browser: Client) -> None:
    with mock.patch.object(connection, "cursor", side_effect=RuntimeError("gone")):
        assert browser.get(reverse("health"), secure=True).status_code == 500


def test_texts_do_not_change_the_language_of_the_reader() -> None:
    with translation.override("en"):
        blocks_of("help", "kk")
        assert translation.get_language() == "en"
