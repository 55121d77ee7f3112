"""Where papers are kept: a folder, or a service that speaks S3. Read by the settings alone."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from botocore.config import Config

# Somebody waits at his browser: a service that is away must say so before he gives up.
PATIENCE = Config(
    connect_timeout=5,
    read_timeout=20,
    retries={"total_max_attempts": 3, "mode": "standard"},
    # Services of others do not know the newer checksums; we keep and compare our own.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
PATH_STYLE = Config(s3={"addressing_style": "path"})
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
    endpoint = more.get("endpoint")
    return {
        "BACKEND": S3,
        "OPTIONS": {
            "bucket_name": address.hostname,
            "endpoint_url": endpoint,
            "region_name": more.get("region"),
            # Other services than Amazon's rarely have a host name for each bucket.
            "client_config": PATIENCE.merge(PATH_STYLE) if endpoint else PATIENCE,
            "file_overwrite": False,
            "default_acl": None,
            "querystring_auth": True,
            "object_parameters": {"ContentType": "application/octet-stream"},
        },
    }
