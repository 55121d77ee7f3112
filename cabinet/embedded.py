"""`python -m cabinet.embedded`: secrets and addresses for the embedded way to run, made once."""

import secrets
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = BASE_DIR / "var" / "embedded.env"


def write_environment(path: Path, *, base: Path = BASE_DIR) -> None:
    """Write the file, readable by its owner alone; what stands in it stays, the rest is added."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    present = path.read_text()
    lines = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "CA_PASSPHRASE": secrets.token_urlsafe(24),
        "CA_KEY_DIRECTORY": str(path.parent / "ca"),
        "STATUS_PASSPHRASE": secrets.token_urlsafe(24),
        "STATUS_KEY_DIRECTORY": str(path.parent / "status-keys"),
        "PUBLICATION_DIRECTORY": str(path.parent / "published"),
        "CHECKPOINT_DIRECTORY": str(path.parent / "checkpoints"),
        "DATABASE_URL": f"sqlite:///{path.parent / 'cabinet.sqlite3'}",
        "STATIC_ROOT": str(path.parent / "static"),
        "DOCUMENTS_DIRECTORY": str(path.parent / "documents"),
        "OUTBOX_DIRECTORY": str(path.parent / "outbox"),
        "SMS_GATEWAY": "folder",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PORTAL_URL": "http://127.0.0.1:8000",
        "TLS": "false",
    }
    known = {line.partition("=")[0] for line in present.splitlines()}
    missing = {name: value for name, value in lines.items() if name not in known}
    path.write_text(present + "".join(f"{name}={value}\n" for name, value in missing.items()))


if __name__ == "__main__":
    write_environment(ENV_FILE)
