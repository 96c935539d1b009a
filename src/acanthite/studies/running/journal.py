"""The journal of a study: every finished point, safe from a kill at any moment.

A SQLite data base in write-ahead mode. What was recorded once is there for good; a point that was
being computed when the run was killed is computed again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from acanthite.errors import RunFolderError
from acanthite.studies.running.tasks import Key, Record

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    settings INTEGER, seed INTEGER, part INTEGER,
    outputs TEXT, error TEXT NOT NULL, seconds REAL NOT NULL,
    PRIMARY KEY (settings, seed, part)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chosen (point INTEGER PRIMARY KEY, settings TEXT NOT NULL);
"""
_ADD = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?)"


class Journal:
    """What a study has computed so far.

    Parameters
    ----------
    path : pathlib.Path
        Of the data base, made if it is not there.

    Raises
    ------
    RunFolderError
        If it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._connection = sqlite3.connect(path, timeout=30.0)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise RunFolderError(f"journal {path}: {error}; choose another folder") from None

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *unused: object) -> None:
        self._connection.close()

    def add(self, records: Iterable[Record]) -> None:
        """Record what tasks gave, all of it or nothing.

        Raises
        ------
        RunFolderError
            If the disk is full.
        """
        rows = [(*r.key, _text(r.outputs), r.error, r.seconds) for r in records]
        try:
            with self._connection:
                self._connection.executemany(_ADD, rows)
        except sqlite3.Error as error:
            raise RunFolderError(
                f"journal {self.path}: {error}; what was recorded before is safe: make room and "
                "run the same command again"
            ) from None

    def keys(self, failed: bool = True) -> set[Key]:
        """Return which tasks are recorded; those that failed among them if wanted."""
        which = "" if failed else " WHERE outputs IS NOT NULL"
        return set(self._connection.execute(f"SELECT settings, seed, part FROM records{which}"))

    def records(self) -> Iterator[Record]:
        """Yield everything recorded, by settings, seed and part."""
        yield from self._select("")

    def records_of(self, settings: int) -> list[Record]:
        """Return what is recorded with some settings, by seed and part."""
        return list(self._select(" WHERE settings = ?", settings))

    def _select(self, condition: str, *values: int) -> Iterator[Record]:
        query = f"SELECT * FROM records{condition} ORDER BY settings, seed, part"
        for settings, seed, part, outputs, error, seconds in self._connection.execute(
            query, values
        ):
            known = None if outputs is None else json.loads(outputs)
            yield Record((settings, seed, part), known, error, seconds)

    def choose(self, point: int, settings: Mapping[str, Any]) -> None:
        """Keep the settings that an optimiser chose for a point."""
        with self._connection:
            self._connection.execute(
                "INSERT OR IGNORE INTO chosen VALUES (?, ?)", (point, json.dumps(settings))
            )

    def chosen(self) -> dict[int, dict[str, Any]]:
        """Return the settings of points that an optimiser chose."""
        rows = self._connection.execute("SELECT point, settings FROM chosen ORDER BY point")
        return {point: json.loads(settings) for point, settings in rows}


def _text(outputs: Mapping[str, Any] | None) -> str | None:
    return None if outputs is None else json.dumps(outputs, separators=(",", ":"))
