"""The browser's code for key files, run by node."""

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FRONTEND = Path(__file__).resolve().parents[2] / "cabinet" / "frontend"


def find_node() -> str | None:
    """Node of this environment, else of the system; None where the packages are not installed."""
    if not (FRONTEND / "node_modules" / "esbuild").is_dir():
        return None
    beside = Path(sys.executable).parent / "node"
    return str(beside) if beside.exists() else shutil.which("node")


@dataclass(frozen=True)
class Answer:
    """`value` or `code`, and how long it took."""

    value: Any
    code: str
    ms: int


class Calls:
    """The browser's operations, run by node."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, name: str, *values: object) -> Answer:
        """Call an operation; bytes go and come as bytes."""
        assert self._process.stdin
        assert self._process.stdout
        sent = [_encoded(value) for value in values]
        self._process.stdin.write(json.dumps({"name": name, "values": sent}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline(), object_hook=_decoded)
        return Answer(answer.get("value"), answer.get("code", ""), answer["ms"])


@contextmanager
def calls(node: str, directory: Path) -> Iterator[Calls]:
    """Bundle the program that answers calls, and talk to it."""
    program = directory / "calls.mjs"
    esbuild = str(FRONTEND / "node_modules" / ".bin" / "esbuild")
    options = ["--bundle", "--format=esm", "--platform=node", "--log-level=warning"]
    source = str(FRONTEND / "test" / "calls.ts")
    subprocess.run([esbuild, source, *options, f"--outfile={program}"], check=True)
    command = [node, str(program)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield Calls(process)
        assert process.stdin
        process.stdin.close()


def _encoded(value: object) -> object:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _decoded(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["base64"]) if set(value) == {"base64"} else value
