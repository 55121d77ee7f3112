"""Why something about notices was refused: small tree with stable codes, like `renewals.errors`."""

from typing import ClassVar


class NoticeError(Exception):
    """`facts` go into the sentence that the person reads."""

    code: ClassVar[str] = "notice.error"

    def __init__(self, **facts: str) -> None:
        self.facts = facts
        super().__init__(self.code, facts)


class AddressError(NoticeError):
    """What was typed is no address that we can write to."""

    code = "contact.address"


class EmailError(AddressError):
    """No e-mail address."""

    code = "contact.email"


class HomoglyphError(AddressError):
    """Letters of two alphabets in one name: it looks like another address. Facts: `letters`."""

    code = "contact.homoglyph"


class PhoneError(AddressError):
    """No mobile number."""

    code = "contact.phone"


class PhoneRegionError(AddressError):
    """A mobile number of a country that we do not write to."""

    code = "contact.phone_region"


class SameAddressError(NoticeError):
    """It is the present address already."""

    code = "contact.same"


class UnsignedChangeError(NoticeError):
    """There is an address: it is replaced or removed by a signature only."""

    code = "contact.unsigned"


class TooManyCodesError(NoticeError):
    """Three codes were sent within an hour."""

    code = "contact.too_many_codes"


class CodeError(NoticeError):
    """The wrong code. Facts: `left`, how many tries."""

    code = "contact.code"


class CodeOverError(NoticeError):
    """No code is waiting: too old, too often wrong, or used."""

    code = "contact.code_over"


class NoAddressError(NoticeError):
    """There is no address to remove."""

    code = "contact.none"


class LastSecurityError(NoticeError):
    """Security messages stay on the last verified channel."""

    code = "contact.last_security"


class LinkError(NoticeError):
    """A link to switch something off that is too old, altered, or not ours."""

    code = "notice.link"


def all_codes() -> dict[str, type[NoticeError]]:
    """Every code and its class."""
    return {kind.code: kind for kind in _descendants(NoticeError)}


def _descendants(kind: type[NoticeError]) -> list[type[NoticeError]]:
    return [kind, *(one for child in kind.__subclasses__() for one in _descendants(child))]
