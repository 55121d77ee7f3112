"""Numbers of notices: what a person compares to know that a letter is ours."""

import secrets

# Crockford's base 32: no I, L, O, U, so that nothing is misread; 60 bits in all.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 12, 4


def new_number() -> str:
    """Twelve random characters. They are compared by eye and say nothing."""
    return "".join(ALPHABET[octet % len(ALPHABET)] for octet in secrets.token_bytes(LENGTH))


def show_number(number: str) -> str:
    """`8K3F22QM7TX4` → `8K3F-22QM-7TX4`."""
    return "-".join(number[at : at + GROUP] for at in range(0, len(number), GROUP))
