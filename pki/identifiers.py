"""IIN and BIN as people type them. Never a condition for a certificate that was verified:
the national authority's own test certificates fail the checksum.
"""

from datetime import date

from pki.errors import BINError, IINError

FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
LENGTH = 12


def check_digit(first_eleven: str) -> int | None:
    """The twelfth digit, or None where both passes give 10: such numbers are not issued."""
    digits = [int(digit) for digit in first_eleven]
    for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS):
        remainder = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        if remainder != 10:
            return remainder
    return None


def validate_iin(text: str) -> str:
    """The twelve digits of an individual's number; spaces are let through. Raises `IINError`."""
    digits = "".join(text.split())
    if not _is_checked(digits) or digits[6] not in CENTURIES:
        raise IINError
    try:
        date(CENTURIES[digits[6]] + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError as error:
        raise IINError from error
    return digits


def validate_bin(text: str) -> str:
    """The twelve digits of an organisation's number; spaces are let through. Raises `BINError`."""
    digits = "".join(text.split())
    if not _is_checked(digits) or digits[4] not in "456" or not 1 <= int(digits[2:4]) <= 12:
        raise BINError
    return digits


def _is_checked(digits: str) -> bool:
    return (
        len(digits) == LENGTH
        and digits.isascii()
        and digits.isdigit()
        and check_digit(digits[:-1]) == int(digits[-1])
    )
