"""The gateway of the demo: each message a file in a folder, which the page `/outbox/` shows."""

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.utils import timezone

from notifications.channels.base import Outcome, Parcel, ProviderAwayError, Result
from notifications.channels.gateways.base import GatewaySettingsError, plain_key
from notifications.delivering.sms_parts import count_parts


class FolderGateway:
    """Writes `<key>.txt`: JSON with `to`, `text`, `sender`, `parts`, `at` (ISO 8601, UTC)."""

    def __init__(self, *, directory: str, sender: str) -> None:
        if not directory:
            raise GatewaySettingsError("OUTBOX_DIRECTORY is empty")
        self._directory = Path(directory)
        self._sender = sender

    def submit(self, parcel: Parcel) -> Outcome:
        """Write the file whole; the same key writes it again."""
        key = plain_key(parcel.key)
        words = {
            "to": parcel.to,
            "text": parcel.text,
            "sender": self._sender,
            "parts": count_parts(parcel.text).parts,
            "at": timezone.now().isoformat(),
        }
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            _write(self._directory / f"{key}.txt", json.dumps(words))
        except OSError as error:
            raise ProviderAwayError(f"folder: {type(error).__name__}") from error
        return Outcome(parcel.delivery_id, Result.SENT, provider_id=key)

    def close(self) -> None:
        """Nothing is open."""


def _write(path: Path, content: str) -> None:
    """Whoever reads the folder finds all of a file or none."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise
