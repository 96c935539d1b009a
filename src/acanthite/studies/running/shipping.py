"""Jobs as bytes, on their way to workers."""

from __future__ import annotations

import importlib
import pickle
import sys

from acanthite.errors import StudyError
from acanthite.studies.jobs.job import StudyJob


def shipped(job: StudyJob, elsewhere: bool = False) -> bytes:
    """Return a job as bytes.

    Functions of modules travel by name; those of a notebook or script, and on the way to another
    machine all but the package's own, as they are, which needs cloudpickle.

    Raises
    ------
    StudyError
        If that cannot be had.
    """
    module = job.function.__module__
    by_value = elsewhere and not module.startswith("acanthite.")
    # a script is read again by its workers, a notebook is not
    known = module != "__main__" or hasattr(sys.modules["__main__"], "__file__")
    if known and not by_value:
        try:
            return pickle.dumps(job)
        except (pickle.PicklingError, AttributeError, TypeError):
            pass  # a function inside another one
    try:
        cloudpickle = importlib.import_module("cloudpickle")
    except ImportError:
        raise StudyError(
            f"job {job.name}: its function cannot be sent to other processes; put it into a module "
            "that can be imported, run with workers=1, or pip install 'acanthite[distributed]'"
        ) from None
    if by_value and module != "__main__":
        cloudpickle.register_pickle_by_value(sys.modules[module])
    return cloudpickle.dumps(job)


def job_from(data: bytes) -> StudyJob:
    """Return the job that was sent."""
    return pickle.loads(data)
