"""The network guard: no connection and no look-up outside this machine while tests run.

Python imports a module of this name by itself when its folder is on PYTHONPATH, so that the guard also holds
in every Python process that a test starts. What it stops is written to a file, for the error it raises may
be swallowed by the code that was stopped; the fixture in `tests/conftest.py` reads the file after each test.
"""

import ipaddress
import os
import socket
import sys

LOG = "JIWEN_TEST_NETWORK_LOG"
_LOCAL_NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost", socket.gethostname()}
_CALLS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname")


class BlockedConnectionError(OSError):
    """A test tried to leave the machine."""


def is_local(host: object) -> bool:
    """Whether `host` (a name or an address) is this machine."""
    name = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "")
    if name in _LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool(address.is_loopback or address.is_unspecified or (mapped and mapped.is_loopback))


def _target(event: str, arguments: tuple) -> object:
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        return arguments[0]
    address = arguments[1]  # a path for a socket of the file system, None for one that is connected
    return address[0] if isinstance(address, tuple) else ""


def _watch(event: str, arguments: tuple) -> None:
    if event not in _CALLS:
        return
    host = _target(event, arguments)
    if is_local(host):
        return
    log = os.environ.get(LOG)
    if log:
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{event} {host!r} in process {os.getpid()}: {' '.join(sys.argv)[:200]}\n")
    raise BlockedConnectionError(f"the network guard stopped {event} to {host!r}")


if os.environ.get(LOG):
    sys.addaudithook(_watch)
