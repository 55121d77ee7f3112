"""A mail server that takes everything, and as little time as it can: `… smtp_sink PORT`.

What is measured is who sends, so the other side must not be what is waited for.
"""

import socketserver
import sys

ANSWERS = {b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n", b"EHLO": b"250 sink\r\n"}


class Sink(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Command by command; of a letter only its end is looked for."""
        self.wfile.write(b"220 sink\r\n")
        while command := self.rfile.readline()[:4].upper():
            self.wfile.write(ANSWERS.get(command, b"250 OK\r\n"))
            if command == b"DATA":
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                self.wfile.write(b"250 OK\r\n")
            if command == b"QUIT":
                return


class Server(socketserver.ThreadingTCPServer):
    """Ends with its process."""

    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Sink).serve_forever()
