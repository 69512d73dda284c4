"""File systems of a test's own: a small disk that fills up, a folder or a whole machine that is read-only.

A child process gets them in a mount namespace of its own, where the machine lets this user do so.
"""

import shutil
import subprocess
import sys
from functools import cache

import pytest

_SMALL = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"'
_READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
# All of the machine but one folder; /dev stays, where writing is no keeping.
_ALL_READ_ONLY = (
    'mount --bind "$1" "$1" && mount --bind / / && mount -o remount,bind,ro / && '
    '{ mount -o remount,bind,ro /dev/shm || true; } && shift && exec "$@"'
)


@cache
def _allowed():
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    tried = ["unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


needs_mounts = pytest.mark.skipif(not _allowed(), reason="this machine lets no test mount a file system")


def on_small_disk(folder, size, *command):
    """The command, with `folder` an empty disk of `size` (as in `100k`)."""
    return ["unshare", "-m", "sh", "-c", _SMALL, "sh", size, str(folder), *map(str, command)]


def read_only_folder(folder, *command):
    """The command, with `folder` and what is in it on a read-only disk."""
    return ["unshare", "-m", "sh", "-c", _READ_ONLY, "sh", str(folder), *map(str, command)]


def all_read_only_but(folder, *command):
    """The command, on a machine on which only `folder` can be written to."""
    return ["unshare", "-m", "sh", "-c", _ALL_READ_ONLY, "sh", str(folder), *map(str, command)]
