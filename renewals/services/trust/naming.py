"""How proposals and troubles are called that are about an authority of others."""

from pki.models import Authority


def subject_of(name: str) -> str:
    """One open proposal and one open trouble for each."""
    return f"trust:{name}"


def trouble_of(authority: Authority) -> str:
    """What it says is not to be had, or not to be believed."""
    return subject_of(authority.name)
