"""Tests reach nothing but this computer, and prove that they cannot."""

import socket

import pytest


@pytest.mark.parametrize("host", ["cabinet.example", "192.0.2.1", "2001:db8::1"])
def test_a_call_to_another_computer_is_refused(host: str) -> None:
    with pytest.raises(AssertionError, match=host):
        socket.create_connection((host, 443), timeout=1)


def test_a_connection_that_needs_no_name_server_is_refused_as_well() -> None:
    with socket.socket() as caller, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        caller.connect(("192.0.2.1", 443))


def test_this_computer_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        socket.create_connection(listener.getsockname(), timeout=1).close()
