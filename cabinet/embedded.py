"""`python -m cabinet.embedded`: secrets and addresses for the embedded way to run, made once."""

import secrets
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = BASE_DIR / "var" / "embedded.env"


def write_environment(path: Path, *, base: Path = BASE_DIR) -> None:
    """Write the file, readable by its owner alone; one that is there stays."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "CA_PASSPHRASE": secrets.token_urlsafe(24),
        "CA_KEY_DIRECTORY": str(path.parent / "ca"),
        "DATABASE_URL": f"sqlite:///{path.parent / 'cabinet.sqlite3'}",
        "STATIC_ROOT": str(path.parent / "static"),
        "DOCUMENTS_DIRECTORY": str(path.parent / "documents"),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PORTAL_URL": "http://127.0.0.1:8000",
        "TLS": "false",
    }
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))


if __name__ == "__main__":
    write_environment(ENV_FILE)
