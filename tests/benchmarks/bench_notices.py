"""How fast people are told: a million certificates on PostgreSQL, ten thousand of them due.

`python -m tests.benchmarks.bench_notices`. Finding, telling and sending, each held against the
least that it could take: ids alone, rows alone, SMTP alone.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

from tests import servers
from tests.environment import fill

ROUNDS = 5
EVENTS, LETTERS = 10_000, 3_000
MOST_SECONDS, LEAST_EVENTS, LEAST_LETTERS, MOST_MIB = 0.3, 3_000, 300, 150


def main() -> None:
    """In a process of its own, with a database and a mail server of its own."""
    port = servers.free_port()
    with tempfile.TemporaryDirectory() as folder, servers.postgresql() as url:
        sink = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.smtp_sink", str(port)])
        try:
            environment = {
                **os.environ,
                "DATABASE_URL": url,
                "EMAIL_URL": f"smtp://127.0.0.1:{port}",
                "CA_KEY_DIRECTORY": f"{folder}/ca",
                "STATIC_ROOT": f"{folder}/static",
            }
            # Filling has a process of its own: its memory is not that of telling.
            for part in ("fill", "measure"):
                command = [sys.executable, "-m", "tests.benchmarks.bench_notices", part]
                subprocess.run(command, env=environment, check=True)
        finally:
            sink.terminate()
            sink.wait()


def _part(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        django.setup()
        {"fill": _fill, "measure": _measure}[name]()


def _fill() -> None:
    from tests.benchmarks.notice_load import CERTIFICATES, DUE, Load  # noqa: PLC0415

    started = time.perf_counter()
    Load().fill()
    print(f"{CERTIFICATES:,} certificates in {time.perf_counter() - started:.0f} s; {DUE:,} due")


def _measure() -> None:
    from tests.benchmarks.notice_load import Load  # noqa: PLC0415

    load = Load()
    print(f"a process that does nothing: {_memory():.0f} MiB")
    _find(load)
    _remind(load)
    events = _fan_out(load)
    _print_floors(events, _send())


def _find(load: "Load") -> None:  # type: ignore[name-defined]  # noqa: F821  # needs Django
    from notifications.models import Countdown  # noqa: PLC0415
    from notifications.telling.countdowns import near  # noqa: PLC0415
    from pki.models import Certificate  # noqa: PLC0415

    now = load.now
    fresh = near(now)
    due = Countdown.objects.filter(next_at__lte=now).order_by("next_at", "id")
    due_ids = due.values_list("certificate_id", flat=True)
    found = {number for _end, number in fresh} | set(due_ids)
    took = _median(lambda: (list(fresh.all()), list(due_ids.all())))
    floor = _median(
        lambda: list(Certificate.objects.order_by("id").values_list("id")[: len(found)])
    )
    print(f"finding {len(found):,}: {took:.3f} s, {took / floor:.1f} x their ids alone")
    print(f"  at most {MOST_SECONDS} s: {_yes(took <= MOST_SECONDS)}")
    for label, rows in (("never told", fresh), ("told before", due_ids)):
        print(f"  plan, {label}:")
        for line in rows.explain().splitlines():
            if "Scan" in line or "Join" in line or "Index Cond" in line:
                print(f"    {line.strip()[:110]}")


def _remind(load: "Load") -> None:  # type: ignore[name-defined]  # noqa: F821
    from notifications.models import Notice  # noqa: PLC0415
    from notifications.telling.reminding import remind  # noqa: PLC0415
    from notifications.telling.turns import Budget  # noqa: PLC0415

    started = time.perf_counter()
    told = remind(now=load.now, budget=Budget(600))
    seconds = time.perf_counter() - started
    print(f"reminding: {told:,} notices, {told / seconds:,.0f} a second, {_memory():.0f} MiB")
    if Notice.objects.count() != told:
        raise RuntimeError("notices are missing")


def _fan_out(load: "Load") -> float:  # type: ignore[name-defined]  # noqa: F821
    from notifications.models import Delivery  # noqa: PLC0415
    from notifications.telling.events import tell_events  # noqa: PLC0415

    load.reach_everybody(2_000_000, EVENTS)
    load.happen(EVENTS, first=2_000_000)
    load.analyse()
    before = Delivery.objects.count()
    started = time.perf_counter()
    while tell_events(now=load.now):
        pass
    rate = EVENTS / (time.perf_counter() - started)
    if Delivery.objects.count() - before != EVENTS:
        raise RuntimeError("deliveries are missing")
    print(f"fan-out: {rate:,.0f} events a second, {_memory():.0f} MiB")
    print(f"  at least {LEAST_EVENTS:,}: {_yes(rate >= LEAST_EVENTS)}")
    return rate


def _send() -> float:
    from django.utils import timezone  # noqa: PLC0415

    from notifications.channels.registry import CHANNELS  # noqa: PLC0415
    from notifications.delivering.delivery import deliver_batch, deliver_due  # noqa: PLC0415
    from notifications.models import Delivery  # noqa: PLC0415
    from notifications.telling.turns import Budget  # noqa: PLC0415

    rest = Delivery.objects.filter(state="waiting").order_by("id").values_list("id", flat=True)
    Delivery.objects.filter(pk__in=list(rest[LETTERS:])).update(state="dropped")
    # A worker opens its keys once in its life.
    deliver_batch(CHANNELS["email"], clock=timezone.now)
    first = Delivery.objects.filter(state="sent").count()
    started = time.perf_counter()
    deliver_due(clock=timezone.now, budget=Budget(600))
    seconds = time.perf_counter() - started
    sent = Delivery.objects.filter(state="sent").count() - first
    if sent != LETTERS - first:
        raise RuntimeError(f"{sent} letters were sent")
    print(f"letters, signed by P-256: {sent / seconds:,.0f} a second, {_memory():.0f} MiB")
    print(f"  at least {LEAST_LETTERS}: {_yes(sent / seconds >= LEAST_LETTERS)}")
    print(f"memory at most {MOST_MIB} MiB: {_yes(_memory() <= MOST_MIB)}")
    return sent / seconds


def _print_floors(events: float, letters: float) -> None:
    """What rows alone and SMTP alone would allow; last, for it needs memory of its own."""
    from django.core.mail import EmailMessage, get_connection  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415

    from notifications.models import Notice  # noqa: PLC0415

    rows = list(Notice.objects.order_by("-id")[:EVENTS])
    for row in rows:
        row.pk, row.key, row.number = None, f"again:{row.key}", f"~{row.number[1:]}"
    started = time.perf_counter()
    with transaction.atomic():
        for at in range(0, EVENTS, 500):
            Notice.objects.bulk_create(rows[at : at + 500])
        transaction.set_rollback(True)
    floor = EVENTS / (time.perf_counter() - started)
    print(f"notices as rows alone: {floor:,.0f} a second; fan-out takes {floor / events:.1f} x")
    body = ("x" * 70 + "\n") * 200
    mails = [
        EmailMessage("x", body, "a@mail.example", [f"p{number}@mail.example"])
        for number in range(LETTERS)
    ]
    started = time.perf_counter()
    get_connection().send_messages(mails)
    floor = LETTERS / (time.perf_counter() - started)
    print(f"SMTP alone: {floor:,.0f} a second; letters take {floor / letters:.1f} x")


def _median(work: Callable[[], object]) -> float:
    times = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def _memory() -> float:
    """The most that this process has had, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _yes(holds: bool) -> str:  # one word
    return "yes" if holds else "no"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _part(sys.argv[1])
    else:
        main()
