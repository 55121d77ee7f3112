"""ASiC-E with CAdES (ETSI EN 319 162-1): files, a manifest with their digests, a seal over it.

Pure bytes in and out. Whose seal it is and what the files mean is decided elsewhere.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from pki.archive import LIMITS, LOCAL, Limits, read_archive, require_name, write_archive
from pki.container_errors import (
    ContainerAlgorithmError,
    ContainerDigestError,
    ContainerListError,
    ContainerManifestError,
    ContainerTypeError,
)

MEDIA_TYPE = "application/vnd.etsi.asic-e+zip"
# 4.4.4.2 and A.1: the first file, stored, names the type; what seals stands in META-INF.
TYPE_NAME = "mimetype"
MANIFEST_NAME = "META-INF/ASiCManifest001.xml"
SEAL_NAME = "META-INF/signature001.p7s"
RESERVED = "meta-inf/"
# What a reader sees without unpacking: the name and, behind it, the type.
TYPE_START = f"{TYPE_NAME}{MEDIA_TYPE}".encode()

ASIC, DSIG = "http://uri.etsi.org/02918/v1.2.1#", "http://www.w3.org/2000/09/xmldsig#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SEAL_TYPE = "application/pkcs7-signature"
MEDIA_TYPES = {
    "cer": "application/pkix-cert",
    "crl": "application/pkix-crl",
    "csr": "application/pkcs10",
    "json": "application/json",
    "ocsp": "application/ocsp-response",
    "p7s": SEAL_TYPE,
    "pdf": "application/pdf",
    "pem": "application/x-pem-file",
    "txt": "text/plain",
}
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
MANIFEST_BYTES = 64 * 1024
MARKUP = re.compile(r"<[!?]")
REFERENCE = f"{{{ASIC}}}DataObjectReference"
REFERENCE_PARTS = [f"{{{DSIG}}}DigestMethod", f"{{{DSIG}}}DigestValue"]


@dataclass(frozen=True)
class Container:
    """Files as the manifest names them, the manifest that is sealed, and the seal (CMS)."""

    files: Mapping[str, bytes]
    manifest: bytes
    seal: bytes


def write_manifest(files: Mapping[str, bytes]) -> bytes:
    """ASiCManifest (A.4): every file by name, with its SHA-256."""
    lines = [
        f'<asic:ASiCManifest xmlns:asic="{ASIC}" xmlns:ds="{DSIG}">',
        f'  <asic:SigReference URI="{SEAL_NAME}" MimeType="{SEAL_TYPE}"/>',
    ]
    for name in sorted(files):
        require_name(name)
        media_type = MEDIA_TYPES[name.rpartition(".")[2]]
        digest = base64.b64encode(hashlib.sha256(files[name]).digest()).decode()
        lines += [
            f'  <asic:DataObjectReference URI="{name}" MimeType="{media_type}">',
            f'    <ds:DigestMethod Algorithm="{SHA256}"/>',
            f"    <ds:DigestValue>{digest}</ds:DigestValue>",
            "  </asic:DataObjectReference>",
        ]
    return (DECLARATION + "\n".join(lines) + "\n</asic:ASiCManifest>\n").encode()


def write_container(files: Mapping[str, bytes], *, manifest: bytes, seal: bytes) -> bytes:
    """The container. `seal` is a detached CMS over `manifest`, which names all of `files`."""
    own = ((TYPE_NAME, MEDIA_TYPE.encode()), (MANIFEST_NAME, manifest), (SEAL_NAME, seal))
    return write_archive([*own, *sorted(files.items())])


def read_container(data: bytes, limits: Limits = LIMITS) -> Container:
    """Read one that is whole: each file named once, with the digest that it has.

    Says nothing about the seal. Raises the `container.*` errors.
    """
    files = read_archive(data, limits)
    if not data.startswith(TYPE_START, LOCAL.size) or len(files.pop(TYPE_NAME)) != len(MEDIA_TYPE):
        raise ContainerTypeError
    if MANIFEST_NAME not in files or SEAL_NAME not in files:
        raise ContainerManifestError(what="missing")
    manifest, seal = files.pop(MANIFEST_NAME), files.pop(SEAL_NAME)
    named = _read_manifest(manifest)
    strays = {name for name in (*named, *files) if name.casefold().startswith(RESERVED)}
    for name in sorted(strays | (named.keys() ^ files.keys())):
        raise ContainerListError(name=name)
    for name, digest in named.items():
        if hashlib.sha256(files[name]).digest() != digest:
            raise ContainerDigestError(name=name)
    return Container(files=files, manifest=manifest, seal=seal)


def _read_manifest(data: bytes) -> dict[str, bytes]:
    """Digests by name."""
    root = _parse(data)
    references = list(root)
    if root.tag != f"{{{ASIC}}}ASiCManifest" or not references:
        raise ContainerManifestError(what="root")
    first = references.pop(0)
    if first.tag != f"{{{ASIC}}}SigReference" or first.get("URI") != SEAL_NAME or len(first):
        raise ContainerManifestError(what="signature")
    found: dict[str, bytes] = {}
    for reference in references:
        name, digest = _read_reference(reference)
        if name in found:
            raise ContainerListError(name=name)
        found[name] = digest
    return found


def _parse(data: bytes) -> ET.Element:
    """Nothing but elements, attributes and text: no document type, no entity, no comment."""
    if len(data) > MANIFEST_BYTES:
        raise ContainerManifestError(what="size")
    try:
        text = data.decode()
        body = text.removeprefix(DECLARATION)
        if body == text or MARKUP.search(body):
            raise ContainerManifestError(what="markup")
        return ET.fromstring(body)  # noqa: S314  # there is nothing in it to expand
    except (UnicodeDecodeError, ET.ParseError) as error:
        raise ContainerManifestError(what="not XML") from error


def _read_reference(element: ET.Element) -> tuple[str, bytes]:
    if element.tag != REFERENCE or [part.tag for part in element] != REFERENCE_PARTS:
        raise ContainerManifestError(what="reference")
    name = element.get("URI", "")
    require_name(name)
    method, value = element
    if method.get("Algorithm") != SHA256:
        raise ContainerAlgorithmError(name=name)
    try:
        digest = base64.b64decode(value.text or "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ContainerManifestError(what="digest") from error
    return name, digest
