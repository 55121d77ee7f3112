"""Tokens of SoftHSM, a hardware module without hardware; a test is skipped where it is missing."""

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

MODULE = os.environ.get("TEST_PKCS11_MODULE", "/usr/lib/softhsm/libsofthsm2.so")
TOOL = "softhsm2-util"
MISSING = "SoftHSM is not here: apt-get install softhsm2"


@dataclass(frozen=True)
class Token:
    """One that was just made. Its PIN is found wherever it was written."""

    label: str
    pin: str
    # Where all tokens of the run are, this one among them.
    directory: Path

    @property
    def folder(self) -> Path:
        """This token's own."""
        for path in self.directory.iterdir():
            if self.label.encode() in (path / "token.object").read_bytes():
                return path
        raise FileNotFoundError(self.label)


def make_store(directory: Path) -> Path:
    """Where tokens will be, known to this process and its children. Skips where it cannot be."""
    if not Path(MODULE).exists() or not shutil.which(TOOL):
        pytest.skip(MISSING)
    tokens = directory / "tokens"
    tokens.mkdir(mode=0o700)
    configuration = directory / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    return tokens


def make_token(tokens: Path) -> Token:
    """Empty, with a PIN of its own."""
    label, pin = f"ca-{secrets.token_hex(4)}", f"pin-{secrets.token_hex(8)}"
    command = [TOOL, "--init-token", "--free", "--label", label]
    command += ["--pin", pin, "--so-pin", f"so-{secrets.token_hex(8)}"]
    subprocess.run(command, check=True, capture_output=True)
    return Token(label, pin, tokens)
