"""What codes of mail servers say of an address (RFC 5321, 4.2; RFC 3463). Pure."""

import re

ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])", re.ASCII)
# Mailbox unavailable, not local, name not allowed: without a finer code it is the address.
OF_ADDRESS = frozenset({550, 551, 553})
# Says no more than its first digit does (RFC 3463, 3.1).
UNSPECIFIED = "0.0"
DISABLED = "2.1"


def enhanced_of(text: str) -> str:
    """The first enhanced status code in a reply, `5.1.1`, or ''."""
    found = ENHANCED.search(text)
    return ".".join(str(int(part)) for part in found.groups()) if found else ""


def is_bad_address(code: int, enhanced: str) -> bool:
    """Whether there is nobody at this address; rather than that the letter was not wanted.

    A finer code decides: servers say 550 of everything, and a sender who is on a list of
    spammers must not lose every address. `code` is 0 where it is not known.
    """
    kind, _dot, rest = enhanced.partition(".")
    if kind == "5" and rest != UNSPECIFIED:
        return rest.startswith("1.") or rest == DISABLED
    return kind in {"", "5"} and code in OF_ADDRESS
