"""The embedded way to run ends as a whole, however impatiently it is told to."""

import os
import signal
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.environment import environment
from tests.processes import own, running
from tests.servers import free_port

PATIENCE = 60


def children(pid: int) -> list[int]:
    """What a process has started that still runs."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_up(address: str) -> bool:
    try:
        with urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux's list of processes")
def test_a_second_ctrl_c_leaves_nobody_behind(tmp_path: Path) -> None:
    port = free_port()
    status_port = next(one for one in iter(free_port, 0) if one != port)
    values = environment(tmp_path) | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
        "ALLOWED_HOSTS": "127.0.0.1",
    }
    for command in (["migrate", "--verbosity", "0"], ["collectstatic", "--no-input", "-v", "0"]):
        done = own(["python", "manage.py", *command])
        assert os.spawnve(os.P_WAIT, done[0], done, {**os.environ, **values}) == 0
    command = ["python", "manage.py", "serve", "--port", str(port)]
    command += ["--status-port", str(status_port)]
    with running(command, values, tmp_path / "log") as serving:
        until = time.monotonic() + PATIENCE
        while not is_up(f"http://127.0.0.1:{port}/health/"):
            assert time.monotonic() < until, (tmp_path / "log").read_text()
            time.sleep(0.2)
        started = children(serving.pid)
        assert len(started) == 3
        for _press in range(3):
            serving.send_signal(signal.SIGINT)
            time.sleep(0.1)
        serving.wait(timeout=PATIENCE)
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]
