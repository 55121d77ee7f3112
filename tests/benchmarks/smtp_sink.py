"""A mail server that takes everything: `python -m tests.benchmarks.smtp_sink PORT`."""

import asyncio
import sys

from aiosmtpd.smtp import SMTP


class Sink:
    """Counts nothing, refuses nothing."""

    async def handle_DATA(self, server: SMTP, session: object, envelope: object) -> str:  # noqa: N802  # its own name
        """Taken."""
        return "250 OK"


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Sink(), enable_SMTPUTF8=False), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
