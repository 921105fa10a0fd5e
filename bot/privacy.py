"""What keeps the people who use the bot unknown to it."""

from __future__ import annotations

import hashlib
import hmac


class KeyedHash:
    """Hashes that tell one person from another, but not who they are: without the key, nobody can try all ids."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, person_id: int, purpose: str) -> str:
        """Return a person's hash for a purpose, as 64 hexadecimal digits; those for two purposes can't be linked."""
        return hmac.new(self._key, f"{purpose}:{person_id}".encode(), hashlib.sha256).hexdigest()
