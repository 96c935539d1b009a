"""How many tasks a batch holds: about half a second of work."""

from __future__ import annotations

from collections.abc import Sequence

from acanthite.studies.running.tasks import Record

_WANTED = 0.5  # s
_MOST = 20_000


class BatchSize:
    """Learns from finished tasks how many fill half a second.

    Workers differ and tasks do; the size doubles at most from one batch to the next.

    Examples
    --------
    >>> size = BatchSize()
    >>> size.tasks
    1
    >>> size.learn([Record((0, 1, 0), {}, "", 0.01)])
    >>> size.tasks
    2
    """

    def __init__(self) -> None:
        self.tasks = 1
        self._seconds = 0.0
        self._done = 0

    def learn(self, records: Sequence[Record]) -> None:
        """Take note of how long tasks took."""
        self._done = self._done // 2 + len(records)
        self._seconds = self._seconds / 2 + sum(record.seconds for record in records)
        mean = self._seconds / self._done
        fitting = int(_WANTED / mean) if mean > 0 else _MOST
        self.tasks = max(1, min(fitting, 2 * self.tasks, _MOST))
