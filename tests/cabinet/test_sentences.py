"""Every code has a sentence, in words that help."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from cabinet import sign_in
from cabinet.sentence_table import SENTENCES
from cabinet.sentences import browser_sentences, sentence, sentence_for
from pki.errors import ExpiredError
from pki.errors import all_codes as pki_codes
from renewals.errors import WrongCertificateError
from renewals.errors import all_codes as renewal_codes

SOURCES = Path(__file__).resolve().parents[2] / "cabinet" / "frontend" / "src"
CODE = re.compile(r"""["'`]((?:ui|keystore)\.[a-zA-Z_0-9]+)["'`]""")


def test_every_error_code_has_a_sentence() -> None:
    # The cabinet's own errors are in the tree, too, once their module is imported.
    assert sign_in.TooManyRefusalsError.code in renewal_codes()
    codes = {*pki_codes(), *renewal_codes()}
    assert codes - set(SENTENCES) == set()


def test_every_code_that_the_browser_uses_has_a_sentence() -> None:
    used = {
        code
        for path in SOURCES.rglob("*.ts")
        if "node_modules" not in path.parts
        for code in CODE.findall(path.read_text())
    }
    assert used
    assert used - set(SENTENCES) == set()


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_never_fails_for_want_of_a_fact(code: str) -> None:
    for language in ("kk", "ru", "en"):
        with translation.override(language):
            assert sentence(code)
            assert "%(" not in sentence(code)


@pytest.mark.parametrize("code", sorted(code for code in SENTENCES if not code.startswith("ui.")))
def test_a_refusal_is_told_in_whole_sentences(code: str) -> None:
    assert str(SENTENCES[code]).endswith(".")
    assert str(SENTENCES[code])[0].isupper()


def test_an_unknown_code_gets_the_most_general_sentence() -> None:
    assert sentence("no.such_code") == sentence("ui.failed")


def test_moments_are_shown_in_the_time_of_almaty() -> None:
    error = ExpiredError(not_after="2026-12-05T20:30:00+00:00")
    with translation.override("en"):
        assert "6 December 2026, 01:30" in sentence_for(error)


def test_serial_numbers_are_shown_in_groups() -> None:
    with translation.override("en"):
        told = sentence_for(WrongCertificateError(serial="4f21c09a", purpose="AUTH"))
    assert "4f21 c09a (AUTH)" in told


def test_a_fact_with_signs_of_formatting_is_only_text() -> None:
    with translation.override("en"):
        told = sentence_for(WrongCertificateError(serial="%(x)s %d", purpose="<b>%s</b>"))
    assert "<b>%s</b>" in told


def test_the_browser_gets_only_what_it_asked_for() -> None:
    given = browser_sentences(["keystore."])
    assert "keystore.password" in given
    assert {code for code in given if not code.startswith("keystore.")} == {"ui.failed"}
