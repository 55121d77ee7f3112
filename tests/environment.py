"""The environment of tests and tools: values that are good for nothing else.

`python -m tests.environment COMMAND …` runs a command in it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def environment(directory: Path) -> dict[str, str]:
    """What the settings need, with data below `directory`."""
    return {
        "DJANGO_SETTINGS_MODULE": "cabinet.settings",
        "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 4,
        "DATABASE_URL": f"sqlite:///{directory / 'tests.sqlite3'}",
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "PORTAL_URL": "http://testserver",
        "PKI_BASE_URL": "http://pki.cabinet.example",
        "TLS": "false",
        "CA_KEYS": "file",
        "CA_KEY_DIRECTORY": str(directory / "ca"),
        "CA_PASSPHRASE": "only-for-tests-passphrase",
        "STATUS_KEY_DIRECTORY": str(directory / "status-keys"),
        "STATUS_PASSPHRASE": "only-for-tests-status-passphrase",
        "PUBLICATION_DIRECTORY": str(directory / "published"),
        "CHECKPOINT_DIRECTORY": str(directory / "checkpoints"),
        "STATIC_ROOT": str(directory / "static"),
        "DOCUMENTS_DIRECTORY": str(directory / "documents"),
        "LOG_LEVEL": "WARNING",
    }


def fill(directory: Path) -> None:
    """Set what is not set yet."""
    for name, value in environment(directory).items():
        os.environ.setdefault(name, value)


def run(command: list[str]) -> int:
    """Run it, and leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="cabinet-") as directory:
        fill(Path(directory))
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
