import time, shutil
from pathlib import Path
import pytest
from tests.notifications.runs import *
from tests.notifications.runs import people_with_letters, workers, states
from tests.notifications.smtp_server import ScriptedServer
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.worker]
def test_x(people, tmp_path):
    people_with_letters(people, 5)
    t=time.monotonic()
    with ScriptedServer() as mail:
        with workers(tmp_path / "log", mail):
            print("started", time.monotonic()-t)
            assert wait_until(lambda: states() == {"sent": 5})
            print("sent", time.monotonic()-t)
        print("stopped", time.monotonic()-t)
    print((tmp_path/"log").read_text())
