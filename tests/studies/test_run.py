"""Studies from beginning to end: any number of workers, resumed, killed, in part."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from studies import study_functions as functions

from acanthite.errors import RunFolderError, StudyError
from acanthite.studies import (
    Axis,
    Goal,
    ParameterStudy,
    StudyJob,
    load_study,
    on_grid,
    run_study,
    sobol_indices,
)
from acanthite.studies.running.folder import opened
from acanthite.studies.running.journal import Journal
from acanthite.studies.running.tasks import Record, number_of

GRID = (Axis("a", values=(1.0, 2.0)), Axis("b", values=(3.0, 4.0, 5.0)))


def same(one: xr.Dataset, other: xr.Dataset) -> bool:
    return one.drop_vars("seconds").identical(other.drop_vars("seconds"))


def test_results_are_one_data_set(tmp_path):
    result = run_study(ParameterStudy(functions.product, GRID, seeds=2), tmp_path / "s", workers=1)
    assert dict(result.data.sizes) == {"point": 6, "seed": 2}
    assert result.data["value"].sel(seed=1).values.tolist() == [3, 4, 5, 6, 8, 10]
    table = on_grid(result.data)
    assert table["value"].sel(a=2.0, b=5.0, seed=2) == 10
    stored = xr.load_dataset(tmp_path / "s" / "study.nc", engine="h5netcdf")
    assert stored["value"].equals(result.data["value"])
    rows = (tmp_path / "s" / "results.csv").read_text().splitlines()
    assert len(rows) == 13
    assert {"report.md", "effects.csv", "study.png", "study.svg"} <= {
        p.name for p in (tmp_path / "s").iterdir()
    }


def test_the_same_seeds_everywhere_and_the_same_bits_on_any_number_of_workers(tmp_path):
    study = ParameterStudy(functions.product, GRID, seeds=3)
    one, two = (run_study(study, tmp_path / str(n), workers=n).data for n in (1, 2))
    assert same(one, two)
    noise = (one["noisy"] - one["value"]).values
    assert np.ptp(noise, axis=0) == pytest.approx(0.0, abs=1e-12)
    assert len(set(noise[0])) == 3


def test_failed_points_are_kept_with_their_error_and_can_be_tried_again(tmp_path):
    study = ParameterStudy(functions.sometimes, (Axis("x", values=(1, 2, 3)),))
    result = run_study(study, tmp_path / "s", workers=1)
    assert (result.done, result.failed) == (2, 1)
    assert "ValueError: x = 3 is too much" in result.errors[0]
    assert np.isnan(result.data["value"].values[2, 0])
    assert "point 2, seed 1 (x = 3)" in (tmp_path / "s" / "report.md").read_text()
    again = run_study(study, tmp_path / "s", workers=1, retry_failed=True)
    assert again.failed == 1
    with Journal(tmp_path / "s" / "journal.sqlite") as journal:
        assert len(journal.keys(failed=False)) == 2


@pytest.mark.long
def test_more_seeds_and_points_go_on_where_fewer_ended(tmp_path):
    few = ParameterStudy(functions.product, GRID, seeds=1)
    run_study(few, tmp_path / "s", workers=1)
    with Journal(tmp_path / "s" / "journal.sqlite") as journal:
        before = journal.keys()
    axes = Axis("a", values=(1.0, 7.0, 2.0)), GRID[1]
    more = run_study(ParameterStudy(functions.product, axes, seeds=2), tmp_path / "s", workers=1)
    assert (more.done, more.data.sizes["point"]) == (18, 9)
    with Journal(tmp_path / "s" / "journal.sqlite") as journal:
        assert len(before) == 6
        assert before < journal.keys()
        assert len(journal.keys()) == 18
    assert run_study(few, tmp_path / "s", workers=1).done == 6


def test_another_study_or_other_things_are_refused(tmp_path):
    run_study(ParameterStudy(functions.product, GRID), tmp_path / "s", workers=1)
    other = ParameterStudy(functions.product, (GRID[0],), fixed={"b": 1.0})
    with pytest.raises(RunFolderError, match="holds a study with"):
        run_study(other, tmp_path / "s", workers=1)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(RunFolderError, match="holds other things"):
        run_study(other, tmp_path / "mine", workers=1)
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_two_runs_in_one_folder_at_once_are_refused(tmp_path):
    study = ParameterStudy(functions.product, GRID)
    with (
        opened(tmp_path / "s", study),
        pytest.raises(RunFolderError, match="another run is at work"),
    ):
        run_study(study, tmp_path / "s", workers=1)
    assert run_study(study, tmp_path / "s", workers=1).done == 6


def test_arrays_get_dimensions_of_their_own(tmp_path):
    study = ParameterStudy(functions.spectrum, (Axis("x", values=(1.0, 2.0)),))
    data = run_study(study, tmp_path / "s", workers=1).data
    assert data["line"].dims == ("point", "seed", "line_0")
    assert data["line"].sel(point=1, seed=1).values.tolist() == [0.0, 2.0, 4.0]


def test_points_in_parts_are_put_together(tmp_path):
    job = StudyJob(functions.halves, parts=functions.two, combine=functions.added)
    result = run_study(ParameterStudy(job, (Axis("n", values=(4, 10)),)), tmp_path / "s", workers=1)
    assert result.data["sum"].values.ravel().tolist() == [6.0, 45.0]
    assert result.data["count"].values.ravel().tolist() == [4.0, 10.0]


@pytest.mark.long
def test_a_worker_that_dies_takes_nothing_with_it(tmp_path):
    """One that dies once is tried again; a point that always kills its worker fails, alone."""
    axes = (Axis("x", values=tuple(range(8))),)
    study = ParameterStudy(functions.kills_itself, axes, fixed={"folder": str(tmp_path)})
    result = run_study(study, tmp_path / "s", workers=2)
    assert result.failed == 1
    assert "its worker died" in str(result.data["error"].sel(point=5).item())
    values = result.data["value"].values.ravel()
    assert np.delete(values, 5).tolist() == [0, 1, 2, 3, 4, 6, 7]


_SCRIPT = """
import sys
from studies import study_functions as functions
from acanthite.studies import Axis, ParameterStudy, run_study

if __name__ == "__main__":
    axis = Axis("x", values=tuple(range(200)))
    run_study(ParameterStudy(functions.slow, (axis,)), sys.argv[1], workers=2)
"""


def test_a_kill_at_any_moment_loses_no_recorded_point(tmp_path):
    """SIGKILL thrice; what was recorded is there, is not computed twice, and the end is the same."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(_SCRIPT))
    folder = tmp_path / "s"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    recorded: dict[tuple[int, int, int], float] = {}
    for _ in range(3):
        process = subprocess.Popen([sys.executable, str(script), str(folder)], env=environment)
        _wait_for_more(folder, len(recorded), process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with Journal(folder / "journal.sqlite") as journal:
            now = {r.key: r.seconds for r in journal.records()}
        assert recorded.items() <= now.items()
        recorded = now
    axis = Axis("x", values=tuple(range(200)))
    study = ParameterStudy(functions.slow, (axis,))
    result = run_study(study, folder, workers=2)
    assert result.data["value"].values.ravel().tolist() == [x + 1 for x in range(200)]
    with Journal(folder / "journal.sqlite") as journal:
        assert recorded.items() <= {r.key: r.seconds for r in journal.records()}.items()


def _wait_for_more(folder: Path, known: int, process: subprocess.Popen) -> None:
    """Wait until the run in another process has recorded more than so many tasks."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, "the study ended before it was killed"
        if (folder / "journal.sqlite").exists():
            try:
                with sqlite3.connect(folder / "journal.sqlite") as connection:
                    (n,) = connection.execute("SELECT count(*) FROM records").fetchone()
            except sqlite3.OperationalError:
                n = 0
            if n > known:
                return
        time.sleep(0.02)
    raise AssertionError("nothing was recorded within two minutes")


def test_what_is_there_can_be_looked_at_while_it_runs(tmp_path):
    study = ParameterStudy(functions.product, GRID)
    with opened(tmp_path / "s", study) as journal:
        journal.add(
            [Record((number_of(study.settings(0)), 1, 0), {"value": 3.0, "noisy": 3.1}, "", 0.1)]
        )
        data = load_study(study, tmp_path / "s").data
    assert data["state"].values.ravel().tolist() == [1, 0, 0, 0, 0, 0]


def test_a_job_that_gives_no_numbers_fails_point_by_point(tmp_path):
    def text(x):
        return {"value": "much"}

    result = run_study(ParameterStudy(text, (Axis("x", values=(1,)),)), tmp_path / "s", workers=1)
    assert "expected numbers" in result.errors[0]


def test_sobol_indices_are_those_of_the_closed_form(tmp_path):
    """Ishigami's function: first 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437."""
    pytest.importorskip(
        "SALib", reason="SALib is not installed: pip install acanthite[sensitivity]"
    )
    axes = tuple(Axis(name, low=-np.pi, high=np.pi) for name in "abc")
    study = ParameterStudy(functions.ishigami, axes, design="saltelli", points=2048)
    result = run_study(study, tmp_path / "s", workers=1)
    (indices,) = result.indices
    assert indices.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert indices.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert (tmp_path / "s" / "sobol.png").exists()
    shares = {effect.setting: effect.share for effect in result.effects}
    assert shares["c"] < 0.02
    assert 0.2 < shares["a"] < 0.4
    holed = result.data.copy(deep=True)
    holed["value"][7] = np.nan
    with pytest.raises(StudyError, match="1 of 10240 points have no result"):
        sobol_indices(holed)


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2])
def test_an_optimiser_finds_the_bottom_within_its_bounds(tmp_path, workers):
    pytest.importorskip("optuna", reason="Optuna is not installed: pip install acanthite[optimise]")
    axes = Axis("x", low=0.0, high=1.0), Axis("y", low=0.0, high=1.0)
    goal = Goal("depth", "minimise", above={"height": 0.5})
    study = ParameterStudy(functions.bowl, axes, points=60, goal=goal)
    folder = tmp_path / "s"
    best = run_study(study, folder, workers=workers).best
    assert best is not None
    assert 0.5 <= best["x"] < 0.6
    assert best["y"] == pytest.approx(0.6, abs=0.15)
    again = run_study(study, folder, workers=workers)
    assert again.best == best
    more = run_study(ParameterStudy(functions.bowl, axes, points=64, goal=goal), folder, workers=1)
    assert more.done == 64
    first = more.data.isel(point=slice(0, 60))
    assert np.array_equal(first["x"], again.data["x"])


def test_a_goal_that_nothing_meets_is_said(tmp_path):
    pytest.importorskip("optuna", reason="Optuna is not installed: pip install acanthite[optimise]")
    goal = Goal("depth", "maximise", below={"height": -1.0})
    axes = Axis("x", low=0.0, high=1.0), Axis("y", low=0.0, high=1.0)
    result = run_study(
        ParameterStudy(functions.bowl, axes, points=4, goal=goal), tmp_path / "s", workers=1
    )
    assert result.best is None
    assert "No point keeps the bounds" in (tmp_path / "s" / "report.md").read_text()
    wrong = ParameterStudy(functions.bowl, axes, points=4, goal=Goal("dept"))
    with pytest.raises(StudyError, match="gives no 'dept'"):
        run_study(wrong, tmp_path / "t", workers=1)
