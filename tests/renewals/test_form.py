"""The application form on paper: what stands on it, in both languages, for every application."""

import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from pki.certificate import COMPANY_ROLES, Purpose, Role, Storage
from renewals.errors import FontsError
from renewals.form import fonts, words
from renewals.form.content import show_moment
from renewals.form.facts import FormFacts
from renewals.form.look import BOTTOM, FOOT, LEFT, RIGHT, TOP
from renewals.form.pdf import write_form
from renewals.form.words import Words
from renewals.machine import State
from renewals.models import DocumentKind, Right
from renewals.rejection import RejectionReason
from renewals.statement import group_hex
from tests.renewals.papers import (
    LETTERS,
    NUMBER,
    approval,
    documents,
    employee,
    individual,
    rejection,
)
from tests.renewals.reading import Watch, Written, letters_of, pages_of, squeeze, text_of

ROOT = Path(__file__).parents[2]
LONG = replace(
    employee(),
    holder="ӘБДІҚАДЫРҰЛЫ-ЖАНСҮГІРОВА " * 5 + "Ш" * 125,
    organisation='«Қазақстан, "Сарыарқа & Логистик", <b>серіктестігі</b>», Алматы, ' * 6 + "Ә" * 90,
    documents=documents(10),
)
PAPERS: dict[str, FormFacts] = {
    "individual": individual(),
    "awaiting": replace(employee(), documents=documents(10)),
    "approved": replace(employee(State.INSTALLED, is_issued=True), decision=approval()),
    "refused": replace(employee(State.REJECTED), decision=rejection(note="Жаңа қызметі " * 30)),
    "refused by an operator": replace(individual(State.REJECTED), refusal="Қайта беріңіз"),
    "long": LONG,
}


def both(label: Words) -> tuple[str, str]:
    return label.kk, label.ru


# --- what stands on it --------------------------------------------------------------------


def test_every_letter_of_kazakh_can_be_copied_out_again() -> None:
    sample = f"{LETTERS} № «ӘЛІППЕ» ёЁъЪ"
    text = text_of(write_form(replace(individual(), holder=sample)))
    assert sample in text


@pytest.mark.parametrize("name", PAPERS)
def test_it_is_in_kazakh_and_in_russian(name: str) -> None:
    text = text_of(write_form(PAPERS[name]))
    for label in (words.TITLE, words.APPLICANT, words.SIGNATURE, words.STATE, words.ASKED):
        assert label.kk in text
        assert label.ru in text
    assert words.ASKING.kk in text
    assert words.ASKING.ru in text


@pytest.mark.parametrize("name", PAPERS)
def test_what_the_applicant_filed_is_on_it(name: str) -> None:
    facts = PAPERS[name]
    letters = letters_of(write_form(facts))
    shown = [
        facts.number,
        facts.verify_address,
        facts.holder,
        facts.holder_identifier,
        facts.organisation,
        facts.bin,
        show_moment(facts.submitted_at),
        facts.signature.signer,
        facts.signature.content_sha256,
        facts.signature.cms_sha256,
        *both(words.STATES[facts.state]),
        *both(words.STORAGES[facts.storage]),
        *both(words.ROLES[facts.role] if facts.role else words.INDIVIDUAL),
    ]
    for certificate in facts.certificates:
        shown += [
            certificate.issuer,
            group_hex(certificate.serial_hex),
            show_moment(certificate.not_before),
            show_moment(certificate.not_after),
            certificate.new_key,
            certificate.request_sha256,
            *both(words.PURPOSES[certificate.purpose]),
        ]
    for document in facts.documents:
        shown += [document.name, document.sha256, *both(words.KINDS[document.kind])]
    assert [one for one in shown if squeeze(one) not in letters] == []


def test_the_new_certificates_are_on_it_when_there_are_any() -> None:
    facts = employee(State.ISSUED, is_issued=True)
    letters = letters_of(write_form(facts))
    for certificate in facts.certificates:
        assert certificate.issued
        assert certificate.issued.serial_hex in letters
        assert squeeze(show_moment(certificate.issued.not_after)) in letters
    assert squeeze(words.NEW_SERIAL.ru) not in letters_of(write_form(employee()))


@pytest.mark.parametrize("right", Right)
def test_who_approved_by_what_right_and_when_is_on_it(right: Right) -> None:
    decision = approval(right.value)
    text = text_of(write_form(replace(employee(State.APPROVED), decision=decision)))
    assert "Расталды / Подтверждено" in text
    assert decision.approver in text
    assert show_moment(decision.decided_at) in text
    assert group_hex(decision.signature.cms_sha256) in text
    assert group_hex(decision.signature.content_sha256) in text
    for language in (words.RIGHTS[right.value].kk, words.RIGHTS[right.value].ru):
        assert language.format(giver=decision.giver, until="31.03.2027") in text


@pytest.mark.parametrize("reason", RejectionReason)
def test_why_it_was_refused_is_on_it(reason: RejectionReason) -> None:
    decision = rejection(reason.value, note="Жаңа бұйрықты қоса беріңіз")
    text = text_of(write_form(replace(employee(State.REJECTED), decision=decision)))
    assert "Бас тартылды / Отклонено" in text
    assert words.REASONS[reason.value].kk in text
    assert words.REASONS[reason.value].ru in text
    assert "Жаңа бұйрықты қоса беріңіз" in text
    assert decision.approver in text


def test_an_operators_reason_is_on_it_beside_the_organisations_decision() -> None:
    facts = replace(employee(State.REJECTED), decision=approval(), refusal="Орталық бас тартты")
    text = text_of(write_form(facts))
    assert "Расталды / Подтверждено" in text
    assert words.OPERATOR_DECISION.ru in text
    assert "Орталық бас тартты" in text


def test_room_for_a_hand_is_there_while_the_organisation_has_not_decided() -> None:
    text = text_of(write_form(employee()))
    for label in (words.ON_PAPER, words.HAND, words.DAY, words.SEAL, words.FULL_NAME):
        assert label.kk in text
        assert label.ru in text
    decided = replace(employee(State.APPROVED), decision=approval())
    for facts in (individual(), decided, employee(State.WITHDRAWN), employee(State.LAPSED)):
        assert words.ON_PAPER.ru not in text_of(write_form(facts))


def test_what_a_hand_signs_names_the_application_the_person_and_the_signed_text() -> None:
    facts = employee()
    letters = letters_of(write_form(facts))
    confirming = words.CONFIRMING.fill(number=NUMBER, name=facts.holder)
    # Above the room for a hand, whichever page it is on.
    frame = letters.index(squeeze(words.ON_PAPER.kk))
    assert squeeze(confirming.kk) in letters[frame:]
    assert squeeze(confirming.ru) in letters[frame:]
    assert facts.signature.content_sha256 in letters[frame:]


def test_an_individual_has_no_organisation_and_nobody_above() -> None:
    text = text_of(write_form(individual()))
    for label in (words.ORGANISATION, words.BIN, words.DECISION, words.ON_PAPER):
        assert f"{label.kk} / {label.ru}" not in text


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_paper(state: State) -> None:
    text = text_of(write_form(employee(state)))
    assert words.STATES[state].kk in text
    assert words.STATES[state].ru in text


def test_every_page_says_whose_it_is_and_which_of_how_many() -> None:
    pages = pages_of(write_form(PAPERS["awaiting"]))
    assert len(pages) == 3
    for at, text in enumerate(pages, start=1):
        assert f"№ {NUMBER} өтінім / Заявка № {NUMBER}" in text
        assert f"{at} / 3" in text


# --- words --------------------------------------------------------------------------------


def test_there_are_words_for_everything_that_can_be_on_it() -> None:
    assert words.STATES.keys() == set(State)
    assert words.REASONS.keys() == {reason.value for reason in RejectionReason}
    assert words.RIGHTS.keys() == {right.value for right in Right}
    assert words.KINDS.keys() == {kind.value for kind in DocumentKind}
    assert words.ROLES.keys() == {role.value for role in COMPANY_ROLES}
    assert words.PURPOSES.keys() == {one.value for one in Purpose if one is not Purpose.OTHER}
    assert words.STORAGES.keys() == {one.value for one in Storage if one is not Storage.UNKNOWN}


def test_moments_are_in_the_time_of_the_portal_with_its_distance_then() -> None:
    assert show_moment(individual().submitted_at) == "23.11.2026, 10:14 (UTC+5)"
    # Until March 2024 the clocks of Almaty were an hour ahead of what they are now.
    before = individual().submitted_at - timedelta(days=3 * 365)
    assert show_moment(before) == "24.11.2023, 11:14 (UTC+6)"


# --- hostile names ------------------------------------------------------------------------

HOSTILE = {
    "markup": ("<b>АО</b> &amp; <font size=99>", "<b>АО</b> &amp; <font size=99>"),
    "end of string": (r"\) Tj (", r"\) Tj ("),
    "braces": ("{name} {0} %s %(x)s", "{name} {0} %s %(x)s"),
    "control": ("АО\x00\x07 «Алма\x1b»\r\n\tты", "АО «Алма» ты"),
    "hidden": ("А\u200bЛ\u200dМ\ufeffА\u00adТЫ", "АЛМАТЫ"),
    "turned": ("\u202eИЛИ\u202c", "ИЛИ"),
    "no glyph": ("АО 日本 😀", "АО ?? ?"),
    "decomposed": ("И\u0306ОЛДЫ", "ЙОЛДЫ"),
    "lone half": ("АО \ud83d", "АО"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_shown_letter_by_letter_whatever_stands_in_them(name: str) -> None:
    hostile, shown = HOSTILE[name]
    decision = replace(
        approval("delegation"), approver=hostile, giver=hostile, note=f"{hostile} x", reason="other"
    )
    facts = replace(
        employee(), holder=hostile, organisation=hostile, decision=decision, refusal=hostile
    )
    assert text_of(write_form(facts)).count(shown) >= 9


def test_a_pile_of_marks_over_one_letter_is_cut_down() -> None:
    face = fonts.load_faces()[fonts.REGULAR]
    assert len(face.make_legible("А" + "\u0301" * 200 + "Б")) <= 2 + fonts.MOST_MARKS


@examples(max_examples=25, deadline=None)
@given(st.text(max_size=250), st.text(max_size=500), st.text(max_size=150), st.text(max_size=400))
def test_no_text_breaks_it_or_leaves_its_place(
    holder: str, organisation: str, document: str, note: str
) -> None:
    facts = replace(
        employee(),
        holder=holder,
        organisation=organisation,
        documents=(replace(documents(1)[0], name=document),),
        decision=rejection(note=note),
    )
    with pytest.MonkeyPatch.context() as patch:
        watch = Watch(patch)
        write_form(facts)
    assert_in_place(watch)


# --- look ---------------------------------------------------------------------------------


def assert_in_place(watch: Watch) -> None:
    for line in watch.lines:
        assert line.x >= LEFT - 0.01, line
        assert line.right <= RIGHT + 0.01, line
        assert FOOT <= line.baseline <= TOP, line
    by_page: dict[int, list[Written]] = {}
    for line in watch.lines:
        by_page.setdefault(line.page, []).append(line)
    for lines in by_page.values():
        lines.sort(key=lambda line: -line.baseline)
        for at, line in enumerate(lines):
            near = [one for one in lines[at + 1 :] if line.baseline - one.baseline < 30]
            assert not [one for one in near if line.covers(one)], line


@pytest.mark.parametrize("name", PAPERS)
def test_nothing_leaves_the_page_or_stands_on_something_else(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(monkeypatch)
    write_form(PAPERS[name])
    assert_in_place(watch)
    body = [line for line in watch.lines if line.baseline > FOOT + 20]
    assert min(line.baseline for line in body) >= BOTTOM


def test_lines_that_stand_on_each_other_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(monkeypatch)
    write_form(individual())
    first = watch.lines[0]
    watch.lines.append(replace(first, x=first.x + 5, baseline=first.baseline - 3))
    with pytest.raises(AssertionError):
        assert_in_place(watch)


def test_the_paper_of_an_individual_is_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(monkeypatch)
    write_form(individual())
    assert {line.page for line in watch.lines} == {0}


# --- the same bytes -----------------------------------------------------------------------

ANEW = """
import sys, django
django.setup()
from renewals.form.pdf import write_form
from tests.renewals.papers import employee
sys.stdout.buffer.write(write_form(employee()))
"""


def test_the_same_facts_are_the_same_bytes_in_another_process_and_time_zone() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York"}
    ended = subprocess.run(
        [sys.executable, "-c", ANEW], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    assert ended.stdout == write_form(employee())


def test_many_at_a_time_are_the_same_as_one_by_one() -> None:
    wanted = [write_form(PAPERS[name]) for name in PAPERS]
    made: dict[int, bytes] = {}

    def write(at: int, facts: FormFacts) -> None:
        made[at] = write_form(facts)

    threads = [
        threading.Thread(target=write, args=(at, facts))
        for at, facts in enumerate([*PAPERS.values(), *PAPERS.values()])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [made[at] for at in range(len(threads))] == wanted * 2


def test_other_facts_are_other_bytes() -> None:
    assert write_form(individual()) != write_form(replace(individual(), holder="БАСҚА"))


def test_without_the_build_of_the_site_there_is_a_clear_error(
    settings: Settings, tmp_path: Path
) -> None:
    settings.FONT_DIRECTORY = tmp_path
    with pytest.raises(FontsError):
        write_form(individual())
    built = ROOT / "cabinet" / "static" / "cabinet" / "fonts" / fonts.FILES[fonts.REGULAR]
    for broken in (b"", b"no font at all", built.read_bytes()[:9000], bytes(9000)):
        (tmp_path / fonts.FILES[fonts.REGULAR]).write_bytes(broken)
        with pytest.raises(FontsError):
            write_form(individual())


def test_the_role_of_a_head_is_on_it() -> None:
    text = text_of(write_form(replace(employee(State.APPROVED), role=Role.HEAD.value)))
    assert "бірінші басшы / первый руководитель" in text
