"""An exploration from beginning to end: a study of trainings, and the map that it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from acanthite.drawing import look, save
from acanthite.errors import RunFolderError, TrainingError
from acanthite.explore import drawings, report
from acanthite.explore.findings import Findings, collect
from acanthite.explore.study import PropertyStudy, Task, fitted
from acanthite.explore.training import ExploredTraining, device_text
from acanthite.files import write_text
from acanthite.nn.data.datasets import Dataset, load_dataset
from acanthite.studies import Axis, ParameterStudy, StudyJob, StudyResult, run_study
from acanthite.synapse.base import Synapse

TRAININGS = "trainings"
"""Folder in that of an exploration: the study of its trainings."""

_COLUMNS = ("property", "value", "algorithm", "rate")
_RESULTS = ("validation_accuracy", "test_accuracy", "pulses")

Progress = Callable[[int, int], None]
"""Called with how many trainings are done, and how many there are."""


def explore(
    synapse: Synapse,
    study: PropertyStudy | None = None,
    out: str | Path = "acanthite-explore",
    *,
    data: str | Path | None = None,
    workers: int | None = None,
    progress: Progress = lambda done, of: None,
) -> Findings:
    """Find what accuracy owes to each property of a device.

    Parameters
    ----------
    synapse : Synapse
        The device; one that a device file can hold.
    study : PropertyStudy, optional
    out : path_like
        Folder for points, tables, figure and report; one left by the same study is gone on with.
    data : path_like, optional
        Folder where the data set is looked for first.
    workers : int, optional
        Processes, one thread each; all cores by default. No result depends on it.
    progress : callable, optional

    Returns
    -------
    Findings

    Raises
    ------
    TrainingError, DatasetError
        If the study makes no sense, or its data set cannot be had.
    RunFolderError
        If the folder holds something else.

    Examples
    --------
    Trainings by the hundred, of minutes to hours:

    >>> device = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, conductance_min=0.0, conductance_max=2e-6
    ... )
    >>> study = ac.explore.PropertyStudy("mnist", properties=("cycle-noise", "asymmetry"))
    >>> findings = ac.explore.explore(device, study, "explored")  # doctest: +SKIP
    >>> findings.ranking[0].property  # doctest: +SKIP
    'cycle-noise'
    """
    dataset = load_dataset((study or PropertyStudy()).dataset, data)
    study = fitted(study or PropertyStudy(), dataset)
    tasks = study.tasks(synapse)
    path = Path(out)
    _check_folder(path)
    trained = run_study(
        _trainings(study, tasks, synapse, dataset, data),
        path / TRAININGS,
        workers=workers,
        retry_failed=True,
        progress=lambda fraction: progress(round(fraction * len(tasks)), len(tasks)),
    )
    if trained.failed:
        raise TrainingError(
            f"{trained.failed} of {len(tasks)} trainings failed: {trained.errors[0]}"
        )
    results = _results(trained, tasks, study.seeds)
    findings = collect(study, synapse, results)
    _write(path, findings, results, device_text(synapse))
    return findings


def _check_folder(path: Path) -> None:
    if path.is_dir() and any(path.iterdir()) and not (path / TRAININGS).is_dir():
        raise RunFolderError(
            f"folder {path} holds other things than an exploration; choose another with --out"
        )


def _trainings(
    study: PropertyStudy,
    tasks: list[Task],
    synapse: Synapse,
    dataset: Dataset,
    data: str | Path | None,
) -> ParameterStudy:
    """Return the trainings as a study: a list of points, with as many seeds each."""
    rows = tasks[:: study.seeds]  # seeds run fastest
    axes = tuple(Axis(name, tuple(getattr(row, name) for row in rows)) for name in _COLUMNS)
    fixed = {
        "device": device_text(synapse),
        "network": study.network,
        "epochs": study.epochs,
        "limit": study.limit,
        "validation": study.validation,
        "images": dataset.fingerprint,
    }
    job = StudyJob(ExploredTraining(study.dataset, None if data is None else str(data)))
    return ParameterStudy(job, axes, fixed=fixed, design="list", seeds=study.seeds)


def _results(trained: StudyResult, tasks: list[Task], seeds: int) -> list[dict[str, Any]]:
    """Return what each training is and gave; accuracies are None where it diverged."""
    columns = {name: trained.data[name].values for name in _RESULTS}
    results = []
    for k, task in enumerate(tasks):
        numbers = {name: float(values[divmod(k, seeds)]) for name, values in columns.items()}
        outputs: dict[str, Any] = {n: None if v != v else v for n, v in numbers.items()}
        results.append(asdict(task) | outputs | {"pulses": int(numbers["pulses"])})
    return results


def _write(path: Path, findings: Findings, results: list[dict[str, Any]], device: str) -> None:
    write_text(path / "device.toml", device)
    write_text(path / "explore.csv", report.as_csv(results))
    write_text(path / "summary.csv", report.summary_csv(findings))
    write_text(path / "report.md", report.as_markdown(findings))
    with look():
        save(drawings.draw_map(findings), path / "explore")
