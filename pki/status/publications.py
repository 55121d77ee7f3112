"""Lists of revoked certificates and certificates of authorities, as files to be fetched.

Lists are put in place whole by whoever makes them (`NAME.crl`, `NAME-delta.crl`, `NAME-N.crl`);
one that is open stays what it is while it is sent, even if a new one takes its place.
"""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from pki.certificate import load_certificate
from pki.status.directory import Directory
from pki.status.http import Entity

# A new list is to be seen within a minute of a revocation, the time to make it included.
LIST_CACHING = "max-age=20, public, no-transform, must-revalidate"
CERTIFICATE_CACHING = "max-age=3600, public, no-transform"
# RFC 5280, 4.2.1.13 and 4.2.2.1; RFC 2585, 4.
CERTIFICATE_TYPES = {"cer": "application/pkix-cert", "p7c": "application/pkcs7-mime"}


def open_list(name: str) -> Entity | None:
    """The list of that file name, open. None: there is none."""
    try:
        file = (Path(settings.PUBLICATION_DIRECTORY) / name).open("rb")
    except OSError:
        return None
    return _entity_of(file)


def _entity_of(file: BinaryIO) -> Entity:
    # Of what is open, not of the name: that may lead to another one already.
    found = os.fstat(file.fileno())
    return Entity(
        content_type="application/pkix-crl",
        etag=f'"{found.st_mtime_ns:x}-{found.st_ino:x}-{found.st_size:x}"',
        modified_at=datetime.fromtimestamp(found.st_mtime, UTC),
        size=found.st_size,
        cache_control=LIST_CACHING,
        body=file,
    )


def find_certificate(directory: Directory, name: str, form: str) -> Entity | None:
    """The certificate of an authority of ours or between roots (`cer`), or a chain (`p7c`)."""
    authority = directory.by_name.get(name)
    if authority is not None:
        certificate_der = authority.certificate_der
        body = certificate_der if form == "cer" else authority.chain_der
    elif form == "cer" and name in directory.crosses:
        certificate_der = body = directory.crosses[name]
    else:
        return None
    return Entity(
        content_type=CERTIFICATE_TYPES[form],
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        modified_at=load_certificate(certificate_der).not_valid_before_utc,
        size=len(body),
        cache_control=CERTIFICATE_CACHING,
        body=body,
    )
