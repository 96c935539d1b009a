"""Any job of the package at many settings with many seeds, on one machine or on many."""

from acanthite.studies.axes import Axis
from acanthite.studies.designs import DESIGNS
from acanthite.studies.file import read_study
from acanthite.studies.jobs.catalogue import JOBS, job_named
from acanthite.studies.jobs.job import StudyJob
from acanthite.studies.optimisation.goal import Goal
from acanthite.studies.results.dataset import on_grid
from acanthite.studies.results.effects import MainEffect, SobolIndices, main_effects, sobol_indices
from acanthite.studies.results.result import StudyResult
from acanthite.studies.run import load_study, run_study
from acanthite.studies.study import ParameterStudy

__all__ = [
    "DESIGNS",
    "JOBS",
    "Axis",
    "Goal",
    "MainEffect",
    "ParameterStudy",
    "SobolIndices",
    "StudyJob",
    "StudyResult",
    "job_named",
    "load_study",
    "main_effects",
    "on_grid",
    "read_study",
    "run_study",
    "sobol_indices",
]
