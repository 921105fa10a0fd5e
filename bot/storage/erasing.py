"""Delete rows so that nothing of them is left."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, delete

from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable, TracesLeft


class Erasing:
    """Delete rows of one table: when a call has returned they are gone from an SQLite file, too."""

    def __init__(self, *, database: Database, table: Table) -> None:
        self._database = database
        self._table = table
        self._has_traces = True  # a former process may have ended between a deletion and what follows it

    def note(self, deleted: int) -> None:
        """Take note that so many rows were deleted in another way: the next call erases their traces."""
        self._has_traces = self._has_traces or deleted > 0

    async def delete(self, *which: ColumnElement[bool]) -> int:
        """Delete the rows for which any of some conditions holds, all of them or none, and return how many.

        Raises:
            TracesLeft: They are deleted, but not all traces of them could be erased yet: try again.
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.writing() as connection:
            count = sum([(await connection.execute(delete(self._table).where(each))).rowcount for each in which])
        self.note(count)
        if self._has_traces:
            await self._erase_traces()
        return count

    async def _erase_traces(self) -> None:
        self._has_traces = False
        try:
            await self._database.erase_traces()
        except BaseException as error:
            self._has_traces = True  # for the next time
            if isinstance(error, StorageUnavailable):
                raise TracesLeft(str(error)) from None
            raise
