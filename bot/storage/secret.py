"""The secret that keeps the hashes of people from being reversed."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.schema import secret_key

KEY_LENGTH = 32  # bytes


class SecretKey:
    """The database's one secret key, created on first use and never changed."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._key: bytes | None = None

    async def read(self) -> bytes:
        """Return the key; only the first call needs the database.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        if self._key is None:
            new = {"id": 1, "key": secrets.token_bytes(KEY_LENGTH)}
            insert = self._database.insert_into(secret_key).values(new).on_conflict_do_nothing()
            async with self._database.writing() as connection:
                await connection.execute(insert)
                key = (await connection.execute(select(secret_key.c.key))).scalar_one()
            self._key = bytes(key)
        return self._key

    async def hash_of(self, person_id: int, purpose: str) -> str:
        """Return a person's keyed hash for a purpose.

        Raises:
            StorageUnavailable: As `read`.
        """
        return keyed_hash(await self.read(), person_id, purpose)


def keyed_hash(key: bytes, person_id: int, purpose: str) -> str:
    """Return 64 hexadecimal digits that tell a person from others, but not who they are.

    Without the key, nobody can try all ids. The hashes for two purposes can't be linked.
    """
    return hmac.new(key, f"{purpose}:{person_id}".encode(), hashlib.sha256).hexdigest()
