"""The same study on a real Dask cluster of two workers on this machine."""

from __future__ import annotations

import os
from unittest.mock import patch

import pytest
from studies import study_functions as functions
from studies.test_run import GRID, same

from acanthite import threads
from acanthite.errors import StudyError
from acanthite.figures import Settings
from acanthite.report import reproduce
from acanthite.studies import Axis, ParameterStudy, run_study
from acanthite.studies.running import cluster as running_cluster

distributed = pytest.importorskip(
    "distributed", reason="Dask is not installed: pip install acanthite[distributed]"
)


@pytest.fixture(scope="module")
def cluster():
    """Two workers, each a process with one thread; ports are the system's choice.

    Dask writes what its workers are to have into this process's own environment, and leaves it there.
    """
    with (
        patch.dict(os.environ),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50
        ) as local,
    ):
        yield local


@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
class TestCluster:
    @pytest.mark.long
    def test_bits_are_those_of_one_process(self, cluster, tmp_path):
        study = ParameterStudy(functions.product, GRID, seeds=2)
        here = run_study(study, tmp_path / "here", workers=1)
        there = run_study(study, tmp_path / "there", scheduler=cluster.scheduler_address)
        assert same(here.data, there.data)

    def test_devices_are_the_same_bits(self, cluster, tmp_path):
        fixed = {"devices": 2, "cycles": 2}
        study = ParameterStudy("device", (Axis("thickness", values=(5e-8, 2e-7)),), fixed=fixed)
        here = run_study(study, tmp_path / "here", workers=1)
        there = run_study(study, tmp_path / "there", scheduler=cluster.scheduler_address)
        assert same(here.data, there.data)

    def test_claims_of_the_paper_are_the_same_bits(self, cluster, tmp_path):
        settings, figures = Settings(quick=True), ["fig1c", "fig1d", "figS2"]
        for name, scheduler in (("here", None), ("there", cluster.scheduler_address)):
            threads.use(1)
            reproduce(settings, figures, tmp_path / name, seeds=3, scheduler=scheduler)
        one, other = (tmp_path / name / "claims.csv" for name in ("here", "there"))
        assert one.read_bytes() == other.read_bytes()

    @pytest.mark.long
    def test_a_point_that_kills_its_worker_fails_alone(self, cluster, tmp_path):
        axes = (Axis("x", values=(2, 3, 4, 5)),)
        study = ParameterStudy(functions.kills_itself, axes, fixed={"folder": str(tmp_path)})
        result = run_study(study, tmp_path / "s", scheduler=cluster.scheduler_address)
        assert result.failed == 1
        assert "its worker died" in str(result.data["error"].sel(point=3).item())

    def test_a_worker_with_other_versions_is_refused(self, cluster, tmp_path, monkeypatch):
        monkeypatch.setattr(running_cluster, "__version__", "0.0.0")
        study = ParameterStudy(functions.product, GRID)
        with pytest.raises(StudyError, match=r"has acanthite .*, this process 0\.0\.0"):
            run_study(study, tmp_path / "s", scheduler=cluster.scheduler_address)


def test_no_scheduler_is_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(running_cluster, "_ANSWER", 1)
    study = ParameterStudy(functions.product, GRID)
    with pytest.raises(StudyError, match="expected the address of a Dask scheduler"):
        run_study(study, tmp_path / "s", scheduler="tcp://127.0.0.1:1")
