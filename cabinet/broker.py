"""The line to Redis, as kombu has it but for one thing: a worker survives that it is cut."""

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(redis.Channel):
    """kombu 5.7 asks a closed channel for what it no longer has: AttributeError, which ends the
    worker, one time in eight that Redis goes away while there is work. What it says instead is
    passed over as what it is. The message is lost, and a sweep finds the row.
    """

    def _connparams(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002  # kombu's
        if getattr(self.connection, "client", None) is None:
            raise RedisConnectionError("this channel is closed")
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]  # not in the stubs


class Transport(redis.Transport):
    """What `redis://` means here."""

    Channel = Channel
