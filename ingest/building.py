"""The folder of a build that goes on, and how others know that it does: by a lock, not by the clock.

A lock of the operating system ends with the process that holds it, however that ends; the age of a folder
tells nothing where a build takes long or the clock jumps.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

BUILDING = "building-"
_LOCK = ".lock"
_STALE = 3600.0  # seconds after which a folder without its lock, left by a killed process, is cleared away


@contextmanager
def building(folder: Path) -> Iterator[None]:
    """Make the folder of a build, hold its lock, and clear away what is left of both in the end.

    Raises:
        OSError: it cannot be made.
    """
    lock = folder.with_name(folder.name + _LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with lock.open("w") as file:
            _take(file)
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):
            lock.unlink(missing_ok=True)


def remains(home: Path) -> list[Path]:
    """Folders and locks that killed builds have left in `home`."""
    return [path for path in home.glob(f"{BUILDING}*") if _is_stale(path) and not _is_held(path)]


def clear(path: Path) -> None:
    """Delete a folder or a lock; what another process deletes meanwhile is no error."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _is_stale(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > _STALE
    except FileNotFoundError:  # another process has just cleared it away
        return False


def _is_held(path: Path) -> bool:
    lock = path if path.name.endswith(_LOCK) else path.with_name(path.name + _LOCK)
    try:
        with lock.open("r+") as file:
            return not _take(file)
    except OSError:  # there is none
        return False


def _take(file: IO[str]) -> bool:
    """Take the lock of an open file until it is closed; whether nobody else has it."""
    try:
        import fcntl
    except ImportError:  # Windows: it lets nobody delete what another process has open
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
