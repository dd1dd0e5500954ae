"""Who may ask: keys of the service, where it has any."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from pathlib import Path

from relatome.errors import SERVE_KEY, SERVE_KEYS, UsageError

_SHORTEST = 16
_COMMENT = "#"
_BEARER = "bearer "


class Keys:
    """The keys of a service; only their hashes are kept."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._hashes = [_hash(key) for key in keys]

    @classmethod
    def read(cls, path: Path) -> Keys:
        """The keys of a file, one on each line.

        Raises:
            UsageError: if it cannot be read, has no key, or one that is easily guessed.
        """
        try:
            lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise UsageError(SERVE_KEYS, path=path, reason=reason) from None
        keys = [line for line in lines if line and not line.startswith(_COMMENT)]
        if not keys:
            raise UsageError(SERVE_KEYS, path=path, reason="it holds none")
        if min(map(len, keys)) < _SHORTEST:
            raise UsageError(SERVE_KEYS, path=path, reason="one of its keys is too short")
        return cls(keys)

    def require(self, headers: Mapping[str, str]) -> None:
        """Refuse a request without one of the keys.

        Raises:
            UsageError: saying whether there was none, or a wrong one.
        """
        sent = headers.get("x-api-key", "")
        authorization = headers.get("authorization", "")
        if not sent and authorization[: len(_BEARER)].lower() == _BEARER:
            sent = authorization[len(_BEARER) :].strip()
        if not sent:
            raise UsageError(SERVE_KEY, reason="the service wants a key")
        given = _hash(sent)
        # All of them, in the same time wherever the right one stands.
        if not sum(hmac.compare_digest(given, known) for known in self._hashes):
            raise UsageError(SERVE_KEY, reason="the service does not know this key")


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
