"""What is heard where: switched on and off, but security never everywhere."""

from functools import partial

import pytest
from django.db.utils import IntegrityError
from pytest_django import DjangoAssertNumQueries

from notifications.contacts import preferences
from notifications.errors import LastSecurityError, NoAddressError, NoticeError
from notifications.kinds import Topic
from notifications.models import Address, Mute, Recipient
from tests.renewals.parallel import race
from tests.renewals.people import NOW, iin_of

pytestmark = [pytest.mark.django_db, pytest.mark.data]

ANN, BOB = iin_of(1), iin_of(2)


def reach(channel: str = "email", iin: str = ANN) -> Address:
    return Address.objects.create(iin=iin, channel=channel, value="x", verified_at=NOW)


def switch(topic: Topic, *, is_on: bool, channel: str = "email", iin: str = ANN) -> bool:
    return preferences.switch(iin=iin, channel=channel, topic=topic, is_on=is_on, now=NOW)


def silent(iin: str = ANN) -> set[tuple[str, Topic]]:
    return {
        (channel, topic)
        for channel, topics in preferences.choices_of(iin).items()
        for topic, is_on in topics.items()
        if not is_on
    }


def test_everything_is_on_until_it_is_switched_off() -> None:
    reach("sms")
    reach("email")
    reach("email", BOB)
    choices = preferences.choices_of(ANN)
    assert list(choices) == ["email", "sms"]
    assert choices["sms"] == dict.fromkeys(Topic, True)


def test_a_topic_is_switched_off_and_on_on_one_channel() -> None:
    reach()
    reach("sms")
    reach(iin=BOB)
    assert switch(Topic.EXPIRY, is_on=False)
    assert not switch(Topic.EXPIRY, is_on=False)
    assert silent() == {("email", Topic.EXPIRY)}
    assert silent(BOB) == set()
    assert switch(Topic.EXPIRY, is_on=True)
    assert not switch(Topic.EXPIRY, is_on=True)
    assert silent() == set()


@pytest.mark.parametrize("is_on", [True, False])
def test_without_an_address_there_is_nothing_to_switch(is_on: bool) -> None:
    past = reach()
    Address.objects.filter(pk=past.pk).update(ended_at=NOW)
    for iin, channel in [(ANN, "email"), (ANN, "sms"), (ANN, "pigeon"), ("", "email")]:
        with pytest.raises(NoAddressError):
            switch(Topic.EXPIRY, is_on=is_on, channel=channel, iin=iin)
    assert preferences.choices_of(ANN) == preferences.choices_of("") == {}
    assert not Mute.objects.exists()


def test_security_stays_on_the_last_channel() -> None:
    reach()
    with pytest.raises(LastSecurityError):
        switch(Topic.SECURITY, is_on=False)
    reach("sms")
    switch(Topic.SECURITY, is_on=False)
    with pytest.raises(LastSecurityError):
        switch(Topic.SECURITY, is_on=False, channel="sms")
    assert not switch(Topic.SECURITY, is_on=False)
    assert silent() == {("email", Topic.SECURITY)}


def test_a_channel_that_does_not_work_is_no_place_for_security() -> None:
    reach()
    phone = reach("sms")
    Address.objects.filter(pk=phone.pk).update(failed_at=NOW)
    with pytest.raises(LastSecurityError):
        switch(Topic.SECURITY, is_on=False)
    switch(Topic.SECURITY, is_on=False, channel="sms")
    Address.objects.update(failed_at=NOW)
    with pytest.raises(LastSecurityError):
        switch(Topic.SECURITY, is_on=False)


def test_a_channel_that_is_no_more_is_no_place_for_security() -> None:
    reach()
    reach("pigeon")
    assert list(preferences.choices_of(ANN)) == ["email"]
    with pytest.raises(LastSecurityError):
        switch(Topic.SECURITY, is_on=False)


def test_security_comes_back_where_nothing_else_is_left() -> None:
    mail = reach()
    reach("sms")
    switch(Topic.SECURITY, is_on=False, channel="sms")
    switch(Topic.EXPIRY, is_on=False, channel="sms")
    assert not preferences.keep_security_on(ANN)
    Address.objects.filter(pk=mail.pk).update(failed_at=NOW)
    assert preferences.keep_security_on(ANN)
    assert not preferences.keep_security_on(ANN)
    assert silent() == {("sms", Topic.EXPIRY)}


def test_where_nothing_works_nothing_is_switched() -> None:
    reach()
    reach("sms")
    switch(Topic.SECURITY, is_on=False, channel="sms")
    Address.objects.update(failed_at=NOW)
    assert not preferences.keep_security_on(ANN)
    assert not preferences.keep_security_on(BOB)


@pytest.mark.django_db(transaction=True)
def test_both_channels_at_once_are_not_both_silenced() -> None:
    def off(iin: str, channel: str) -> None:
        try:
            switch(Topic.SECURITY, is_on=False, channel=channel, iin=iin)
        except LastSecurityError as error:
            refused.append(error)

    for number in range(10):
        iin = iin_of(number)
        reach("email", iin)
        reach("sms", iin)
        refused: list[NoticeError] = []
        race(partial(off, iin, "email"), partial(off, iin, "sms"))
        assert len(refused) == 1
        assert Mute.objects.filter(iin=iin).count() == 1


@pytest.mark.django_db(transaction=True)
def test_switching_the_same_at_once_is_done_once() -> None:
    reach()
    done: list[bool] = []
    race(*[lambda: done.append(switch(Topic.EXPIRY, is_on=False))] * 5)
    assert sorted(done) == [False] * 4 + [True]


def test_a_topic_that_we_do_not_have_is_not_kept() -> None:
    with pytest.raises(IntegrityError):
        Mute.objects.create(iin=ANN, channel="email", topic="weather", muted_at=NOW)


# --- languages ------------------------------------------------------------------------------


def test_the_language_is_that_of_the_last_sign_in() -> None:
    assert preferences.language_of(ANN) == "ru"
    for language in ("kk", "kk", "en"):
        preferences.remember_language(iin=ANN, language=language)
        assert preferences.language_of(ANN) == language
    assert preferences.language_of(BOB) == "ru"


def test_a_chosen_language_stays() -> None:
    preferences.choose_language(iin=ANN, language="kk")
    preferences.remember_language(iin=ANN, language="en")
    assert preferences.language_of(ANN) == "kk"
    preferences.choose_language(iin=ANN, language="en")
    assert preferences.language_of(ANN) == "en"
    assert Recipient.objects.get().is_chosen


@pytest.mark.parametrize("language", ["", "de", "ru-KZ", "../kk"])
def test_a_language_that_we_do_not_speak_is_none(language: str) -> None:
    preferences.remember_language(iin=ANN, language=language)
    preferences.choose_language(iin=BOB, language=language)
    assert preferences.language_of(ANN) == preferences.language_of(BOB) == "ru"


def test_remembering_what_is_known_costs_one_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    preferences.remember_language(iin=ANN, language="kk")
    with django_assert_num_queries(1):
        preferences.remember_language(iin=ANN, language="kk")


@pytest.mark.django_db(transaction=True)
def test_many_sign_ins_at_once_are_one_recipient() -> None:
    race(*[partial(preferences.remember_language, iin=ANN, language="kk")] * 6)
    assert Recipient.objects.count() == 1
