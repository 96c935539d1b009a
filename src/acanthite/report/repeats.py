"""The claims' measurements once more: for each seed they are judged by, and each posterior draw.

A study whose points are a figure with some parameters: its journal lies under ``repeats/``, and its
tasks run on all cores or on a cluster, each on one thread. Nothing is drawn and no recording is
written. A run that was stopped goes on after the last figure that was recorded; one that failed is
kept with its error and tried again. No number depends on how many workers there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from acanthite import threads
from acanthite.claims import CLAIMS, judging_seeds
from acanthite.estimate import Estimate
from acanthite.figures import NAMES, Settings, figure
from acanthite.parameters import ParameterSet
from acanthite.parameters.posterior import draws as posterior_draws
from acanthite.parameters.reading import forget
from acanthite.report.claims_job import ClaimsOfRun, estimates_in
from acanthite.studies import StudyJob
from acanthite.studies.running.choice import executor_for
from acanthite.studies.running.driver import drive_batches
from acanthite.studies.running.executors import TaskBatch
from acanthite.studies.running.folder import locked
from acanthite.studies.running.journal import Journal
from acanthite.studies.running.tasks import Key, Record, StudyTask, number_of

__all__ = ["Repeat", "Repeats", "draws_of", "repeated_figures", "run_repeats", "seeds_of"]


@dataclass(frozen=True)
class Repeat:
    """One more run of the claims' measurements.

    Parameters
    ----------
    name : str
        For people: ``"seed-5001"``, ``"draw-1"``.
    number : int
        Which of its kind, from 0: a figure too slow for all of them takes the first ones.
    seed : int
    changes : mapping of str to float
        Parameters that differ from those of the run, in SI.
    """

    name: str
    number: int
    seed: int
    changes: Mapping[str, float] = field(default_factory=dict)

    def task(self, figure: str) -> StudyTask:
        """Return the measurement of a figure as a task of a study."""
        settings = {"figure": figure, **self.changes}
        return StudyTask((number_of(settings), self.seed, 0), settings)


@dataclass(frozen=True)
class Repeats:
    """The repeats of a run and what they have given.

    Parameters
    ----------
    folder : pathlib.Path
        ``repeats/`` of the run folder.
    settings : Settings
        Of the run.
    every : tuple of Repeat
    """

    folder: Path
    settings: Settings
    every: tuple[Repeat, ...]

    @property
    def journal(self) -> Path:
        """Path of the journal."""
        return self.folder / "journal.sqlite"

    def records(self) -> dict[Key, Record]:
        """Return everything recorded, by key of the task."""
        if not self.journal.is_file():
            return {}
        with Journal(self.journal) as journal:
            return {record.key: record for record in journal.records()}

    def owed(self, names: Iterable[str]) -> list[tuple[Repeat, tuple[str, ...]]]:
        """Return the repeats that still owe some of the figures, and which."""
        names = tuple(names)
        records = self.records()
        done = {key for key, record in records.items() if record.outputs is not None}
        each = [(repeat, tuple(_owed(repeat, names, done))) for repeat in self.every]
        return [(repeat, owed) for repeat, owed in each if owed]

    def weight(self, names: Iterable[str]) -> float:
        """Return the seconds on one core that are still to go, as far as the figures know."""
        every = (name for _, owed in self.owed(names) for name in owed)
        return sum(_weight(name) for name in every) / max(1, threads.count())

    def estimates(self) -> tuple[dict[str, Estimate], ...]:
        """Return what each repeat has, by claim id."""
        records = self.records()
        return tuple(dict(_estimates(repeat, records)) for repeat in self.every)

    def failures(self, names: Iterable[str]) -> dict[str, str]:
        """Return why figures failed in some repeat, by figure."""
        records = self.records()
        failures = {}
        for name in names:
            for repeat in self.every:
                record = records.get(repeat.task(name).key)
                if record is not None and record.outputs is None:
                    failures[name] = f"{repeat.name}: {record.error}"
        return failures


def _owed(repeat: Repeat, names: Iterable[str], done: set[Key]) -> Iterator[str]:
    for name in names:
        if repeat.number < _most(name) and repeat.task(name).key not in done:
            yield name


def _estimates(repeat: Repeat, records: Mapping[Key, Record]) -> Iterator[tuple[str, Estimate]]:
    for name in NAMES:
        record = records.get(repeat.task(name).key) if repeat.number < _most(name) else None
        if record is not None and record.outputs is not None:
            yield from estimates_in(record.outputs).items()


def seeds_of(number: int) -> tuple[Repeat, ...]:
    """Return a repeat for each seed that claims are judged by."""
    return tuple(Repeat(f"seed-{seed}", k, seed) for k, seed in enumerate(judging_seeds(number)))


def draws_of(parameters: ParameterSet, number: int) -> tuple[Repeat, ...]:
    """Return a repeat for each draw of the parameters, all with the same seed.

    What differs between them is then the parameters alone.
    """
    (seed,) = judging_seeds(1)
    return tuple(
        Repeat(f"draw-{k + 1}", k, seed, _changes(parameters, drawn))
        for k, drawn in enumerate(posterior_draws(parameters, number))
    )


def _changes(parameters: ParameterSet, drawn: ParameterSet) -> dict[str, float]:
    values = ((key, quantity.value) for key, quantity in drawn.items())
    return {key: value for key, value in values if value != parameters.value(key)}


def repeated_figures(names: Iterable[str]) -> tuple[str, ...]:
    """Return the figures that have claims which depend on the seed."""
    with_claims = {claim.figure for claim in CLAIMS if claim.how != "missing"}
    return tuple(name for name in names if name in with_claims and _most(name) > 0)


def run_repeats(
    repeats: Repeats,
    names: Sequence[str],
    progress: Callable[[float], None],
    scheduler: str | None = None,
) -> float:
    """Compute what the repeats still owe of some figures; return the seconds that took.

    Parameters
    ----------
    repeats : Repeats
    names : sequence of str
        Figures.
    progress : callable
        Hears the fraction done.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers compute instead of processes of this machine.

    Raises
    ------
    RunFolderError
        If another run is at work in the folder.
    StudyError
        If the cluster cannot be had, or a worker cannot begin.
    """
    start = time.perf_counter()
    repeats.folder.mkdir(parents=True, exist_ok=True)
    with locked(repeats.folder), Journal(repeats.journal) as journal:
        owed = repeats.owed(names)
        total, done = sum(len(figures) for _, figures in owed), 0

        def record(records: list[Record]) -> None:
            nonlocal done
            journal.add(records)
            done += len(records)
            progress(done / total)

        claims = ClaimsOfRun(repeats.settings)
        job = StudyJob(claims, fingerprint=claims.fingerprint)
        with executor_for(job, _workers(owed, repeats.settings.quick), scheduler, {}) as executor:
            drive_batches(_batches(owed, executor.workers), executor, record)
    forget()
    return time.perf_counter() - start


def _workers(owed: Sequence[tuple[Repeat, tuple[str, ...]]], quick: bool) -> int:
    """Return how many processes: no more than there are repeats in a quick run, where a process
    takes as long to start as its figures.
    """
    tasks = len(owed) if quick else sum(len(names) for _, names in owed)
    return max(1, min(threads.count(), tasks))


def _batches(owed: Sequence[tuple[Repeat, tuple[str, ...]]], workers: int) -> list[TaskBatch]:
    """Return the tasks in batches, the longest first, so that the last ones to finish are short.

    Figures of one repeat share experiments: one worker takes them all, unless some would then have
    none.
    """
    if 1 < workers <= len(owed):
        by_repeat = sorted(owed, key=lambda each: -sum(_weight(name) for name in each[1]))
        return [TaskBatch([repeat.task(name) for name in names]) for repeat, names in by_repeat]
    single = [(name, repeat.task(name)) for repeat, names in owed for name in names]
    if workers > 1:
        single.sort(key=lambda each: -_weight(each[0]))
    return [TaskBatch([task]) for _, task in single]


def _most(name: str) -> int | float:
    """Return how many repeats a figure takes part in.

    Its optional ``REPEATS``; 0 where its claims depend on no seed.
    """
    try:
        return getattr(figure(name), "REPEATS", float("inf"))
    except Exception:  # a module that cannot be imported fails when its turn comes
        return 0


def _weight(name: str) -> float:
    return float(getattr(figure(name), "WEIGHT", 1.0))
