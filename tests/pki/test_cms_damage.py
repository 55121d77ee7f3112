"""CMS messages altered by a bit, cut at a byte: nothing accepted ever says something else."""

import random
from dataclasses import replace

from asn1crypto import cms as asn1_cms

from pki.chain import Usage, validate_path
from pki.cms import verify_cms
from pki.errors import PKIError
from tests.pki.factories import NOW, Cms, issuing, leaf, root, to_ber

CONTENT = "Заявление № 2026-00000001\n".encode()


def good(kind: str = "P-256") -> Cms:
    return Cms(CONTENT, kind, leaf(kind))


def judge(data: bytes) -> tuple[str, str, object] | None:
    """What a message is accepted as: signer, content, time; None if it is refused."""
    try:
        facts = verify_cms(data, content=CONTENT)
        validate_path(
            facts.signer.der,
            intermediates=[issuing().der],
            anchors=[root().der],
            moment=NOW,
            usage=Usage.ANY,
        )
    except PKIError:
        return None
    return facts.signer.fingerprint, facts.content_sha256, facts.signing_time


def test_no_flipped_bit_changes_who_signed_what() -> None:
    data = good().build()
    expected = judge(data)
    assert expected is not None
    signer = asn1_cms.ContentInfo.load(data)["content"]["signer_infos"][0]
    attributes = signer["signed_attrs"].dump()
    accepted = 0
    for position in range(len(data) * 8):
        altered = bytearray(data)
        altered[position // 8] ^= 1 << position % 8
        found = judge(bytes(altered))
        assert found in {None, expected}
        assert found is None or attributes in altered
        accepted += found is not None
    # The outer version numbers and the list of digests are nobody's business.
    assert accepted < len(data)


def test_no_flipped_bit_in_a_signer_with_pss_changes_who_signed_what() -> None:
    data = replace(good("RSA-2048"), is_pss=True).build()
    expected = judge(data)
    assert expected is not None
    signer = asn1_cms.ContentInfo.load(data)["content"]["signer_infos"][0]
    start, attributes = data.index(signer.dump()), signer["signed_attrs"].dump()
    for position in range(start * 8, len(data) * 8):
        altered = bytearray(data)
        altered[position // 8] ^= 1 << position % 8
        found = judge(bytes(altered))
        assert found in {None, expected}
        assert found is None or attributes in altered


def test_a_message_cut_anywhere_is_refused() -> None:
    data = good().build()
    assert all(judge(data[:length]) is None for length in range(len(data)))


def test_random_damage_raises_nothing_else() -> None:
    generator = random.Random(20261123)
    data = to_ber(good().build())
    for _round in range(2000):
        altered = bytearray(data)
        for _change in range(generator.randint(1, 8)):
            altered[generator.randrange(len(altered))] = generator.randrange(256)
        judge(bytes(altered))
