"""The network guard itself: it must stop what leaves the machine, and nothing else."""

import socket
import urllib.error
import urllib.request
from contextlib import suppress

import pytest

from tests.conftest import BlockedConnectionError

OUTSIDE = "192.0.2.1"  # TEST-NET-1: no such host exists


def test_connection_outside_is_stopped_and_remembered(network):
    with pytest.raises(BlockedConnectionError), socket.socket() as connection:
        connection.connect((OUTSIDE, 80))
    assert OUTSIDE in network.blocked[0]
    network.clear()


def test_swallowed_error_is_remembered(network):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection, suppress(OSError):
        connection.sendto(b"x", (OUTSIDE, 53))
    assert network.blocked
    network.clear()


def test_look_up_of_a_name_is_stopped(network):
    with pytest.raises((BlockedConnectionError, urllib.error.URLError)):
        urllib.request.urlopen("https://example.org/", timeout=1)
    assert "example.org" in network.blocked[0]
    network.clear()


def test_child_process_is_guarded(network, run_python):
    done = run_python("-c", f"import socket; socket.create_connection(('{OUTSIDE}', 80), timeout=1)")
    assert done.returncode != 0
    assert "BlockedConnectionError" in done.stderr
    assert network.blocked
    network.clear()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_free(host):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1]), timeout=5).close()
