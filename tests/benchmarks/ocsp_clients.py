"""Clients on kept connections, in a process of their own, as cheap as Python lets them be."""

import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

HEAD = (
    b"POST /pki/ocsp/ec/ HTTP/1.1\r\nHost: ocsp\r\n"
    b"Content-Type: application/ocsp-request\r\nContent-Length: %d\r\n\r\n%s"
)
SUCCESSFUL = bytes.fromhex("0a0100a0")


def report(port: int, requests: Sequence[bytes], count: int, connections: int) -> str:
    """One line: rate, the middle and the slowest of a hundred, errors; by another process."""
    with tempfile.NamedTemporaryFile(suffix=".requests") as file:
        file.write("\n".join(one.hex() for one in requests).encode())
        file.flush()
        command = [sys.executable, "-m", "tests.benchmarks.ocsp_clients", str(port), file.name]
        command += [str(count), str(connections)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class Client:
    """One connection: sends a question, waits for the whole answer."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self.received = b""

    def send(self, text: bytes) -> None:
        self.received = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(text)

    def take(self) -> bytes | None:
        """The answer, if it is whole."""
        self.received += self.socket.recv(65536)
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.partition(b"content-length: ")[2].partition(b"\r")[0])
        return self.received if len(body) >= length else None


def ask(port: int, texts: Sequence[bytes], count: int, connections: int) -> str:
    """`count` questions in all."""
    selector = selectors.DefaultSelector()
    clients = [Client(port) for _one in range(connections)]
    sent, errors = 0, 0
    waits: list[float] = []
    started = time.perf_counter()
    for client in clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.send(texts[sent % len(texts)])
        sent += 1
    while len(waits) < count:
        for key, _events in selector.select(30):
            client = key.data
            answer = client.take()
            if answer is None:
                continue
            waits.append(time.perf_counter() - client.sent_at)
            if not answer.startswith(b"HTTP/1.1 200") or SUCCESSFUL not in answer:
                errors += 1
            if sent < count:
                client.send(texts[sent % len(texts)])
                sent += 1
    rate = len(waits) / (time.perf_counter() - started)
    for client in clients:
        client.socket.close()
    cuts = statistics.quantiles(waits, n=100)
    return (
        f"{rate:>7,.0f}/s  p50 {cuts[49] * 1000:.1f} ms  p99 {cuts[98] * 1000:.1f} ms"
        f"  longest {max(waits) * 1000:.0f} ms  errors {errors}"
    )


def main() -> None:
    """Port, file of requests in hex, how many, over how many connections."""
    port, name, count, connections = sys.argv[1:]
    requests = [bytes.fromhex(line) for line in Path(name).read_text().split()]
    texts = [HEAD % (len(one), one) for one in requests]
    print(ask(int(port), texts, int(count), int(connections)))


if __name__ == "__main__":
    main()
