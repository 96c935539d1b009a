"""An exploration from beginning to end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acanthite.drawing import look, save
from acanthite.explore import drawings, report
from acanthite.explore.findings import Findings, collect
from acanthite.explore.folder import Folder
from acanthite.explore.pool import run_all
from acanthite.explore.study import PropertyStudy, Task, fitted
from acanthite.files import write_text
from acanthite.nn.data.datasets import Dataset, load_dataset
from acanthite.synapse.base import Synapse

if TYPE_CHECKING:
    pass

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
    folder = Folder.open(Path(out), study, synapse, dataset)
    _train(folder, study, dataset, tasks, workers, progress)
    results = [asdict(task) | (folder.result(task) or {}) for task in tasks]
    findings = collect(study, synapse, results)
    _write(folder.path, findings, results)
    return findings


def _train(
    folder: Folder,
    study: PropertyStudy,
    dataset: Dataset,
    tasks: list[Task],
    workers: int | None,
    progress: Progress,
) -> None:
    todo = [task for task in tasks if folder.result(task) is None]
    done = len(tasks) - len(todo)
    progress(done, len(tasks))

    def keep(task: Task, result: dict[str, Any]) -> None:
        nonlocal done
        folder.keep(task, result)
        done += 1
        progress(done, len(tasks))

    if todo:
        run_all(todo, study, folder.path / "device.toml", dataset, keep, workers)


def _write(path: Path, findings: Findings, results: list[dict[str, Any]]) -> None:
    write_text(path / "explore.csv", report.as_csv(results))
    write_text(path / "summary.csv", report.summary_csv(findings))
    write_text(path / "report.md", report.as_markdown(findings))
    with look():
        save(drawings.draw_map(findings), path / "explore")
