"""Which executor computes: this process, others of this machine, or a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acanthite.studies.jobs.job import StudyJob
from acanthite.studies.running.cluster import DaskCluster
from acanthite.studies.running.executors import Executor, InProcess
from acanthite.studies.running.processes import LocalProcesses


def executor_for(
    job: StudyJob, workers: int, scheduler: str | None, settings: Mapping[str, Any]
) -> Executor:
    """Return what computes batches of a job.

    Parameters
    ----------
    job : StudyJob
    workers : int
        Processes of this machine; with one, this process.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers compute instead.
    settings : mapping
        Fixed ones, by which the job says what its data are.
    """
    if scheduler is not None:
        return DaskCluster(job, scheduler, settings)
    return InProcess(job) if workers == 1 else LocalProcesses(job, workers)
