"""Names as the authority writes them, and names that somebody made up to mislead."""

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from pki.subject import build_subject, parse_subject

IIN, BIN = "010203300005", "260140000005"
CN, SERIAL, OU, COMPANY = (
    NameOID.COMMON_NAME,
    NameOID.SERIAL_NUMBER,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.ORGANIZATION_NAME,
)


def name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def test_what_was_built_is_read_again() -> None:
    built = build_subject(
        surname="ТЕСТОВ",
        given_name="ТЕСТ",
        patronymic="ТЕСТОВИЧ",
        iin=IIN,
        organisation='АО "ТЕСТ, СЫНОВЬЯ И КО"',
        bin=BIN,
    )
    subject = parse_subject(built)
    assert subject.common_name == "ТЕСТОВ ТЕСТ"
    assert (subject.surname, subject.given_name) == ("ТЕСТОВ", "ТЕСТ")
    assert subject.patronymic == "ТЕСТОВИЧ"
    assert (subject.iin, subject.bin) == (IIN, BIN)
    assert subject.organisation == 'АО "ТЕСТ, СЫНОВЬЯ И КО"'
    assert subject.country == "KZ"
    assert subject.full_name == "ТЕСТОВ ТЕСТ ТЕСТОВИЧ"
    assert subject.der == built.public_bytes()


def test_parts_stand_in_the_authoritys_order() -> None:
    built = build_subject(
        surname="А", given_name="Б", patronymic="В", iin=IIN, organisation="Г", bin=BIN
    )
    assert [part.oid for part in built] == [
        *(CN, NameOID.SURNAME, SERIAL, NameOID.COUNTRY_NAME, COMPANY, OU, NameOID.GIVEN_NAME)
    ]
    serial = bytes.fromhex("0603550405") + b"\x13\x0f" + f"IIN{IIN}".encode()
    assert serial in built.public_bytes()


def test_somebody_without_a_patronymic_has_none() -> None:
    subject = parse_subject(
        build_subject(surname="ТЕСТОВ", given_name="ТЕСТ", patronymic="", iin=IIN)
    )
    assert subject.patronymic == ""
    assert subject.full_name == "ТЕСТОВ ТЕСТ"


@pytest.mark.parametrize(
    "organisation",
    [
        'ТОО "РОГА, КОПЫТА"',
        "A+B=C",
        "SERIALNUMBER=IIN050607650004",
        "X, OU=BIN260140000015",
        "\\, CN=",
        "<script>",
    ],
)
def test_punctuation_in_an_organisation_takes_nothing_apart(organisation: str) -> None:
    subject = parse_subject(
        build_subject(
            surname="А",
            given_name="Б",
            patronymic="",
            iin=IIN,
            organisation=organisation,
            bin=BIN,
        )
    )
    assert subject.organisation == organisation
    assert (subject.iin, subject.bin) == (IIN, BIN)


def test_an_information_system_has_no_person() -> None:
    subject = parse_subject(
        name((NameOID.USER_ID, "1.2.398.6.10.1.1"), (CN, 'ИС "Тест"'), (OU, f"BIN{BIN}"))
    )
    assert (subject.iin, subject.surname, subject.given_name) == ("", "", "")
    assert (subject.common_name, subject.bin) == ('ИС "Тест"', BIN)


def test_a_bin_may_stand_in_the_serial_number() -> None:
    subject = parse_subject(name((CN, "А"), (SERIAL, f"BIN{BIN}")))
    assert (subject.iin, subject.bin) == ("", BIN)


def test_the_prefix_says_whose_number_it_is() -> None:
    for value in (IIN, f"BIN{IIN}", f"iin{IIN}", f" IIN{IIN}", f"IINIIN{IIN}", f"XIIN{IIN}"):
        assert parse_subject(name((SERIAL, value))).iin == ""
    for value in (BIN, f"IIN{BIN}", f"bin{BIN}", f"BINBIN{BIN}"):
        assert parse_subject(name((OU, value))).bin == ""


def test_two_different_numbers_are_none() -> None:
    assert parse_subject(name((SERIAL, f"IIN{IIN}"), (SERIAL, "IIN050607650004"))).iin == ""
    assert parse_subject(name((SERIAL, f"IIN{IIN}"), (SERIAL, f"IIN{IIN}"))).iin == IIN


@pytest.mark.parametrize(
    "digits", ["", "01020330000", "0102033000055", "01020330000a", "０" * 12, "0102033000\x0005"]
)
def test_what_is_not_twelve_digits_is_no_number(digits: str) -> None:
    oid = x509.ObjectIdentifier("2.5.4.5")
    assert parse_subject(name((oid, f"IIN{digits}"))).iin == ""


def test_the_authoritys_own_test_person_is_read_without_a_checksum() -> None:
    assert parse_subject(name((SERIAL, "IIN123456789011"))).iin == "123456789011"


def test_a_zero_byte_never_reaches_the_database() -> None:
    subject = parse_subject(name((CN, "ТЕСТ\0ОВ"), (NameOID.SURNAME, "\0"), (COMPANY, "\0А\0")))
    assert (subject.common_name, subject.surname, subject.organisation) == ("ТЕСТОВ", "", "А")


def test_an_empty_name_is_a_subject_without_anything() -> None:
    subject = parse_subject(x509.Name([]))
    assert subject.full_name == ""
    assert subject.iin == subject.bin == subject.email == ""
