"""How often one client may do a thing: a token bucket for each, so that a burst passes, no flood."""

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_CLIENTS = 10_000  # remembered at a time; the longest unseen is forgotten first


class RateLimit:
    """Token buckets, one a client; a full one holds what the period gives.

    Args:
        times: how often a client may in the period; 0 sets no limit.
        seconds: the period.
        clock: seconds that never go back.
    """

    def __init__(
        self, times: int, seconds: float = 60.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.times = times
        self.seconds = seconds
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, when counted
        self._lock = threading.Lock()

    def wait(self, client: str) -> float:
        """Take one from a client's bucket; returns 0, or where it is empty the seconds until it is not."""
        if not self.times:
            return 0.0
        key, now = client_key(client), self._clock()
        with self._lock:
            tokens, then = self._buckets.pop(key, (float(self.times), now))
            tokens = min(float(self.times), tokens + (now - then) * self.times / self.seconds)
            allowed = tokens >= 1
            self._buckets[key] = (tokens - 1 if allowed else tokens, now)
            while len(self._buckets) > _MOST_CLIENTS:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) * self.seconds / self.times


def client_key(address: str) -> str:
    """What stands for a client: its address, of IPv6 the network of 64 bits that one household has."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
