"""Batches computed by the workers of a Dask cluster, unchanged.

SLURM, Kubernetes and others are reached through Dask's own projects: whatever gives the address of
a scheduler will do.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from acanthite import __version__
from acanthite.errors import MissingExtraError, StudyError
from acanthite.studies.jobs.job import StudyJob
from acanthite.studies.running.executors import Completed, TaskBatch
from acanthite.studies.running.shipping import job_from, shipped
from acanthite.studies.running.tasks import Record, StudyTask, run_tasks

_PACKAGES = ("numpy", "scipy", "numba")
_ANSWER = 10  # s that a scheduler may take to answer
_PATIENCE = 60  # s for a first worker to come
_jobs: dict[bytes, StudyJob] = {}  # of a worker


class DaskCluster:
    """Computes batches on a Dask cluster.

    Parameters
    ----------
    job : StudyJob
    address : str
        Of the scheduler: ``"tcp://10.0.0.1:8786"``, or a file that it wrote.
    settings : mapping
        Fixed ones, by which the job says what its data are.

    Raises
    ------
    MissingExtraError
        If ``distributed`` is not installed.
    StudyError
        If there is no scheduler or worker there, or a worker has other versions or other data.
    """

    tries = 4  # Dask's own: three more workers after the first one

    def __init__(self, job: StudyJob, address: str, settings: Mapping[str, Any]) -> None:
        self._distributed = _package()
        self._job = shipped(job, elsewhere=True)
        self._settings = dict(settings)
        self._running: dict[Any, TaskBatch] = {}
        self._finished: SimpleQueue[Any] = SimpleQueue()
        self._client = self._connect(address)
        self.workers = self._count()

    def __enter__(self) -> DaskCluster:
        try:
            self._compare()
        except BaseException:
            self._client.close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._client.cancel(list(self._running))
        self._client.close()

    def submit(self, batch: TaskBatch) -> None:
        """Put a batch into the queue."""
        # a key of its own: Dask must never take a result of another study for this one's
        future = self._client.submit(
            _run, self._job, batch.tasks, key=f"acanthite-{uuid.uuid4()}", pure=False, retries=0
        )
        self._running[future] = batch
        future.add_done_callback(self._finished.put)

    def completed(self) -> list[Completed]:
        """Wait for a batch to finish; return those that have."""
        done = [self._finished.get()]
        while not self._finished.empty():
            done.append(self._finished.get())
        self.workers = self._count()
        return [(self._running.pop(future), self._result(future)) for future in done]

    def _result(self, future: Any) -> list[Record] | None:
        """Return what a batch gave; None if it was lost with its worker."""
        try:
            return future.result()
        except (self._distributed.KilledWorker, self._distributed.CancelledError):
            return None
        except Exception as error:
            raise StudyError(f"a worker failed: {type(error).__name__}: {error}") from error
        finally:
            future.release()

    def _connect(self, address: str) -> Any:
        where = {"scheduler_file": address} if Path(address).is_file() else {"address": address}
        try:
            return self._distributed.Client(**where, timeout=_ANSWER, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise StudyError(
                f"scheduler = {address!r}: {error or 'no answer'}; expected the address of a Dask "
                "scheduler that runs, such as tcp://10.0.0.1:8786"
            ) from None

    def _count(self) -> int:
        threads = self._client.nthreads()
        if not threads:
            try:
                self._client.wait_for_workers(1, timeout=_PATIENCE)
            except TimeoutError:
                raise StudyError(
                    f"the cluster has no worker, and none came within {_PATIENCE} s; start some "
                    "with: dask worker ADDRESS"
                ) from None
            threads = self._client.nthreads()
        return sum(threads.values())

    def _compare(self) -> None:
        own = environment(self._job, self._settings)
        for worker, its in self._client.run(environment, self._job, self._settings).items():
            for name in own:
                if its.get(name) != own[name]:
                    raise StudyError(
                        f"worker {worker} has {name} {its.get(name)}, this process {own[name]}; "
                        "results would differ: give all the same"
                    )


def environment(job: bytes, settings: Mapping[str, Any]) -> dict[str, str]:
    """Return what results may depend on besides settings and seed: versions, code and data."""
    versions = {name: importlib.metadata.version(name) for name in _PACKAGES}
    fingerprint = _job(job).fingerprint
    data = fingerprint(settings) if fingerprint else ""
    return {"acanthite": __version__, "code": _code(), **versions, "data": data}


@lru_cache(maxsize=1)
def _code() -> str:
    """Return a hash of the package's own files."""
    total = hashlib.sha256()
    root = Path(__file__).parents[2]
    for path in sorted(root.rglob("*.py")):
        total.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return total.hexdigest()[:16]


def _package() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise MissingExtraError(
            "clusters need Dask; install it with: pip install 'acanthite[distributed]'"
        ) from None


def _job(data: bytes) -> StudyJob:
    if data not in _jobs:
        _jobs[data] = job_from(data)
    return _jobs[data]


def _run(job: bytes, tasks: Sequence[StudyTask]) -> list[Record]:
    return run_tasks(_job(job), tasks)
