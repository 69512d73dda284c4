"""Hashed passwords: scrypt of Python's standard library, as `scrypt:n:r:p:salt:key` in base64.

Colons, because a dollar sign means something to shells, `.env` files and compose files. The cost is OWASP's
recommendation (n = 2^15, r = 8, p = 3: 32 MiB, some tenths of a second).
"""

import base64
import binascii
import hashlib
import hmac
import secrets

_KIND = "scrypt"
_N, _R, _P = 2**15, 8, 3
_SALT, _KEY = 16, 32  # bytes
_MOST_MEMORY = 256 * 2**20  # bytes a hash may ask for


def hash_password(password: str) -> str:
    """The hash of a password, for a setting; another one each time."""
    salt = secrets.token_bytes(_SALT)
    key = _key(password, salt, _N, _R, _P)
    return ":".join((_KIND, str(_N), str(_R), str(_P), _text(salt), _text(key)))


def is_hash(setting: str) -> bool:
    """Whether a setting holds a hash and no password as it is.

    Raises:
        ValueError: it begins like a hash and is none.
    """
    if not setting.startswith(f"{_KIND}:"):
        return False
    _parts(setting)
    return True


def password_fits(password: str, setting: str) -> bool:
    """Whether a password is the one of the setting, which is a hash or the password itself."""
    if not is_hash(setting):
        return hmac.compare_digest(_encoded(password), _encoded(setting))
    n, r, p, salt, key = _parts(setting)
    return hmac.compare_digest(_key(password, salt, n, r, p), key)


def _parts(setting: str) -> tuple[int, int, int, bytes, bytes]:
    try:
        _, *costs, salt, key = setting.split(":")
        n, r, p = (int(cost) for cost in costs)
        found = n, r, p, _bytes(salt), _bytes(key)
    except (ValueError, binascii.Error) as error:
        raise ValueError("no hash") from error
    costs_hold = n >= 2 and not n & (n - 1) and r >= 1 and 1 <= p <= 16 and 128 * n * r <= _MOST_MEMORY
    if not costs_hold or len(found[4]) != _KEY:
        raise ValueError("no hash")
    return found


def _key(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    data = _encoded(password)
    return hashlib.scrypt(data, salt=salt, n=n, r=r, p=p, maxmem=2 * _MOST_MEMORY, dklen=_KEY)


def _encoded(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")  # half a pair can be typed


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
