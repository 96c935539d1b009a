"""A study from beginning to end, or from where it was stopped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from acanthite import threads
from acanthite.arguments import count
from acanthite.errors import RunFolderError, StudyError
from acanthite.progress import Progress, long_call, reporter
from acanthite.studies.optimisation.optimiser import Optimiser
from acanthite.studies.results.dataset import dataset_of
from acanthite.studies.results.files import write_data, write_report
from acanthite.studies.results.result import StudyResult
from acanthite.studies.running.choice import executor_for
from acanthite.studies.running.driver import drive
from acanthite.studies.running.executors import Executor
from acanthite.studies.running.folder import opened
from acanthite.studies.running.journal import Journal
from acanthite.studies.running.tasks import Key, Record, StudyTask, number_of
from acanthite.studies.study import ParameterStudy

_RENEW = 60.0  # s between two versions of the data set while a study runs


@long_call("studying")
def run_study(
    study: ParameterStudy,
    out: str | Path = "acanthite-study",
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    retry_failed: bool = False,
    progress: Progress = None,
) -> StudyResult:
    """Run a study, or what is left of it.

    Parameters
    ----------
    study : ParameterStudy
    out : path_like
        Folder of the journal, the data set, tables, pictures and report; one that the same study
        left is gone on with.
    workers : int, optional
        Processes of this machine, one thread each; all cores by default. No result depends on it.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers compute instead.
    retry_failed : bool
        Whether points that failed before are tried again.
    progress : callable or bool, optional

    Returns
    -------
    StudyResult
        Points that failed among it, with their errors.

    Raises
    ------
    StudyError
        If a worker cannot begin, or the goal looks at what the job does not give.
    RunFolderError
        If the folder cannot be used.

    Examples
    --------
    >>> def energy(voltage, current=1e-6, width=1e-7):
    ...     return {"energy": voltage * current * width}
    >>> axis = ac.studies.Axis("voltage", low=0.1, high=0.4, count=4)
    >>> study = ac.studies.ParameterStudy(energy, (axis,))
    >>> result = ac.studies.run_study(study, "energies", workers=1)
    >>> print(f"{float(result.data.energy.max()):.1e} J")
    4.0e-14 J
    """
    if workers is not None:
        count("workers", workers, error=StudyError)
    path = Path(out)
    with opened(path, study) as journal:
        run = _StudyRun(study, path, journal, reporter(progress), retry_failed)
        if run.owes:
            number = workers or threads.count()
            with executor_for(study.runs, number, scheduler, study.fixed) as executor:
                run.compute(executor)
        result = StudyResult(study, run.data(), path)
        write_report(result)
    return result


def load_study(study: ParameterStudy, out: str | Path) -> StudyResult:
    """Return what a study has given so far, also while another process runs it.

    Parameters
    ----------
    study : ParameterStudy
    out : path_like
        Its folder.

    Raises
    ------
    RunFolderError
        If it is no folder of a study.

    Examples
    --------
    >>> def double(x):
    ...     return {"value": 2.0 * x}
    >>> study = ac.studies.ParameterStudy(double, (ac.studies.Axis("x", values=(1.0, 2.0)),))
    >>> result = ac.studies.run_study(study, "doubles", workers=1)
    >>> ac.studies.load_study(study, "doubles").done
    2
    """
    path = Path(out)
    if not (path / "journal.sqlite").is_file():
        raise RunFolderError(f"folder {path}: holds no study; run one with --out {path}")
    with Journal(path / "journal.sqlite") as journal:
        return StudyResult(study, _data(study, journal), path)


def _data(study: ParameterStudy, journal: Journal) -> Any:
    return dataset_of(study, journal.records(), _chosen(study, journal))


def _chosen(study: ParameterStudy, journal: Journal) -> list[tuple[Any, ...]]:
    names = [axis.name for axis in study.axes]
    return [tuple(settings[name] for name in names) for settings in journal.chosen().values()]


class _StudyRun:
    """One call of :func:`run_study`: what is still to do, and what comes in."""

    def __init__(
        self,
        study: ParameterStudy,
        path: Path,
        journal: Journal,
        report: Any,
        retry_failed: bool,
    ) -> None:
        self.study = study
        self.path = path
        self.journal = journal
        self.report = report
        self.recorded = journal.keys(failed=not retry_failed)
        self.total = self._total()
        self.done = min(len(self.recorded), self.total)
        self.renewed = monotonic()
        report(self._fraction())

    @property
    def owes(self) -> bool:
        """Whether anything is still to be computed."""
        if self.study.goal is not None:
            return self.done < self.total
        return next(self._tasks(), None) is not None

    def compute(self, executor: Executor) -> None:
        """Compute what is still to do."""
        if self.study.goal is None:
            drive(self._tasks(), executor, self._record)
        else:
            self._optimise(executor)

    def data(self) -> Any:
        """Return everything recorded as one data set."""
        return _data(self.study, self.journal)

    def _total(self) -> int:
        if self.study.goal is not None:
            return (self.study.points or 0) * self.study.seeds
        if self.study.runs.parts is None:
            return len(self.study.points_of_design) * self.study.seeds
        points = range(len(self.study.points_of_design))
        parts = (self.study.runs.number_of_parts(self.study.settings(point)) for point in points)
        return self.study.seeds * sum(parts)

    def _tasks(self) -> Iterator[StudyTask]:
        """Yield what is still to do, all points with the first seed first."""
        for seed in range(1, self.study.seeds + 1):
            for values in self.study.points_of_design:
                yield from self._tasks_of(seed, values)

    def _tasks_of(self, seed: int, values: tuple[Any, ...]) -> Iterator[StudyTask]:
        settings = self.study.with_fixed(values)
        number = number_of(settings)
        for part in range(self.study.runs.number_of_parts(settings)):
            key: Key = (number, seed, part)
            if key not in self.recorded:
                yield StudyTask(key, settings)

    def _record(self, records: list[Record]) -> None:
        self.journal.add(records)
        self.done += len(records)
        self.report(self._fraction())
        if monotonic() - self.renewed > _RENEW:
            write_data(self.path, self.data())
            self.renewed = monotonic()

    def _fraction(self) -> float:
        return self.done / self.total if self.total else 1.0

    def _optimise(self, executor: Executor) -> None:
        optimiser = Optimiser(self.study)
        known = self.journal.chosen()
        names = [axis.name for axis in self.study.axes]
        for group in optimiser.groups():
            for point, values in group:
                settings = dict(zip(names, values, strict=True))
                if known.get(point, settings) != settings:
                    raise RunFolderError(
                        f"folder {self.path}: point {point} was chosen as {known[point]}, and would "
                        f"be {settings} now; another version of Optuna: choose another with --out"
                    )
                self.journal.choose(point, settings)
            drive(self._of_group(group), executor, self._record)
            for point, values in group:
                optimiser.learn(point, self._means(self.study.with_fixed(values)))

    def _of_group(self, group: Iterable[tuple[int, tuple[Any, ...]]]) -> Iterator[StudyTask]:
        for _, values in group:
            for seed in range(1, self.study.seeds + 1):
                yield from self._tasks_of(seed, values)

    def _means(self, settings: dict[str, Any]) -> dict[str, float] | None:
        """Return what a point gave, the mean over seeds; None if one of them failed."""
        assert self.study.goal is not None
        records = self.journal.records_of(number_of(settings))
        outputs = [record.outputs for record in records]
        if any(output is None for output in outputs):
            return None
        self.study.goal.check(outputs[0] or {})
        return {
            name: sum(output[name] for output in outputs if output) / len(outputs)
            for name in self.study.goal.outputs
        }
