"""Where papers are kept: a folder, or a service that speaks S3. Read by the settings alone."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

FOLDER = "django.core.files.storage.FileSystemStorage"
S3 = "storages.backends.s3.S3Storage"


def document_storage(directory: Path, s3_url: str) -> dict[str, object]:
    """The entry of Django's `STORAGES`. Names are our own, so none is ever overwritten.

    `s3_url` is `s3://bucket`, with `?endpoint=` and `&region=` where needed; access keys come
    from where boto3 looks for them. Raises `ValueError` for another address.
    """
    if not s3_url:
        options = {
            "location": str(directory),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        }
        return {"BACKEND": FOLDER, "OPTIONS": options}
    address = urlsplit(s3_url)
    if address.scheme != "s3" or not address.hostname:
        raise ValueError(f"not an address of S3: {s3_url}")
    more = {name: values[0] for name, values in parse_qs(address.query).items()}
    return {
        "BACKEND": S3,
        "OPTIONS": {
            "bucket_name": address.hostname,
            "endpoint_url": more.get("endpoint"),
            "region_name": more.get("region"),
            "file_overwrite": False,
            "default_acl": None,
            "querystring_auth": True,
            "object_parameters": {"ContentType": "application/octet-stream"},
        },
    }
