"""What hears how a run goes; the command line's progress bar is one."""

from __future__ import annotations

from collections.abc import Mapping

from acanthite.report.part import Part

__all__ = ["Watcher"]


class Watcher:
    """Called at each step of a run, silent; override what is of interest.

    Examples
    --------
    >>> class Bell(ac.report.Watcher):
    ...     def finish(self, part):
    ...         print(part.figure, part.state)
    >>> Bell().finish(ac.report.Part("fig2c", "done"))
    fig2c done
    """

    def plan(self, weights: Mapping[str, float], finished: tuple[str, ...]) -> None:
        """Hear which figures will run, their expected seconds on one core, and which are done."""

    def start(self, figure: str, title: str) -> None:
        """Hear that a figure starts."""

    def progress(self, figure: str, fraction: float) -> None:
        """Hear how far it is, 0 to 1."""

    def finish(self, part: Part) -> None:
        """Hear that it is finished, could not be run, or failed."""

    def report(self) -> None:
        """Hear that the report is being written."""
