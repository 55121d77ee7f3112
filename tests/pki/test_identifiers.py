"""Typed identification numbers: vectors from public tests, and made-up ones for the edges."""

import pytest

from pki.errors import BINError, IINError
from pki.identifiers import check_digit, validate_bin, validate_iin

IINS = [
    *("791028302728", "061211600012", "800416100254", "680503250034", "830717350867"),
    *("010203300005", "050607650004", "010203300607", "050607650501"),
]
BINS = [
    *("940140000385", "950341000052", "070941024691", "961141000023", "000740000728"),
    *("260140000005", "260140000015", "261141000003"),
]


@pytest.mark.parametrize("number", IINS)
def test_it_takes_the_number_of_a_person(number: str) -> None:
    assert validate_iin(number) == number


@pytest.mark.parametrize("number", BINS)
def test_it_takes_the_number_of_an_organisation(number: str) -> None:
    assert validate_bin(number) == number


@pytest.mark.parametrize("number", ["830717350867", "010203300607", "050607650501", "961141000023"])
def test_the_second_pass_has_its_own_weights(number: str) -> None:
    first = sum(int(digit) * weight for weight, digit in enumerate(number[:11], 1)) % 11
    assert first == 10
    assert check_digit(number[:11]) == int(number[11])


@pytest.mark.parametrize("prefix", ["00081315989", "01020330067"])
def test_where_both_passes_give_ten_no_number_is_issued(prefix: str) -> None:
    assert check_digit(prefix) is None
    for last in "0123456789":
        with pytest.raises(IINError):
            validate_iin(prefix + last)
        with pytest.raises(BINError):
            validate_bin(prefix + last)


def with_check(first_eleven: str) -> str:
    digit = check_digit(first_eleven)
    assert digit is not None
    return f"{first_eleven}{digit}"


@pytest.mark.parametrize(
    "number",
    [
        "010101600586",
        "123456789011",  # the authority's own test person
        "000813159890",
        "260145500004",  # the 45th day
        with_check("01023030001"),  # the 30th of February
        with_check("01130130000"),  # the 13th month
        with_check("01010100000"),  # a century nobody has
        with_check("01010170000"),
        "",
        "01020330000",
        "0102033000055",
        "01020330000a",
        "٠١٠٢٠٣٣٠٠٠٠٥",
        "０１０２０３３００００５",
        "010203³00005",
        "-10203300005",
    ],
)
def test_it_refuses_what_is_no_persons_number(number: str) -> None:
    with pytest.raises(IINError) as refused:
        validate_iin(number)
    assert refused.value.code == "identifier.iin"


@pytest.mark.parametrize(
    "number",
    [
        "940140000380",
        "123456789021",  # the authority's own test organisation
        with_check("26014000001")[:-1],
        with_check("26004000000"),  # no month
        with_check("26134000000"),
        with_check("26013000000"),  # a person's fifth digit
        with_check("26017000000"),
        "",
        "２６０１４００００００５",
    ],
)
def test_it_refuses_what_is_no_organisations_number(number: str) -> None:
    with pytest.raises(BINError) as refused:
        validate_bin(number)
    assert refused.value.code == "identifier.bin"


def test_no_number_is_both_a_persons_and_an_organisations() -> None:
    for number in IINS:
        with pytest.raises(BINError):
            validate_bin(number)
    for number in BINS:
        with pytest.raises(IINError):
            validate_iin(number)


@pytest.mark.parametrize("last", [*range(10)])
def test_one_check_digit_is_right(last: int) -> None:
    number = f"01020330000{last}"
    if last == 5:
        assert validate_iin(number) == number
        return
    with pytest.raises(IINError):
        validate_iin(number)


def test_the_leap_day_depends_on_the_century() -> None:
    assert validate_iin(with_check("00022950000"))
    with pytest.raises(IINError):
        validate_iin(with_check("00022930000"))


def test_spaces_of_any_kind_are_let_through() -> None:
    assert validate_iin(" 010203 300005\n") == "010203300005"
    assert validate_bin("2601\u00a040000005") == "260140000005"
