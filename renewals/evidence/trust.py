"""Whom a verifier of containers trusts, and for what."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trust:
    """Pinned authorities, DER. Nothing that came with a container is ever added.

    `sealers` are those of them that are the portal's own: others are trusted to say who
    somebody is, never to make a seal of ours. `stampers` are trusted to say when, and no more.
    """

    anchors: tuple[bytes, ...]
    intermediates: tuple[bytes, ...]
    sealers: tuple[bytes, ...]
    # Of outside services for time stamps, roots among them.
    stampers: tuple[bytes, ...] = ()
