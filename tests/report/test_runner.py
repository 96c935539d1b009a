from __future__ import annotations

import json

import fakes
import numpy as np
import pytest

from acanthite.errors import DatasetUnavailableError, FigureError, ImageError, RunFolderError
from acanthite.estimate import Estimate
from acanthite.figures import MODULES, NAMES, Outcome, Settings, select
from acanthite.report import Watcher, reproduce

pytestmark = pytest.mark.usefixtures("fake_figures")


class Diary(Watcher):
    """Write down what is told."""

    def __init__(self):
        self.entries = []

    def plan(self, weights, finished):
        self.entries.append(("plan", tuple(weights), finished))

    def start(self, figure, title):
        self.entries.append(("start", figure))

    def progress(self, figure, fraction):
        self.entries.append(("progress", figure, fraction))

    def finish(self, part):
        self.entries.append(("finish", part.figure, part.state))

    def report(self):
        self.entries.append(("report",))


def ran(diary):
    """Return the figures that were started."""
    return [entry[1] for entry in diary.entries if entry[0] == "start"]


@pytest.mark.long
def test_a_whole_run_leaves_every_file(tmp_path):
    result = reproduce(Settings(seed=3), out=tmp_path / "run")
    folder = tmp_path / "run"
    assert tuple(result.parts) == NAMES
    assert result.failed == ()
    for name in NAMES:
        for file in (
            f"parts/{name}.json",
            f"figures/{name}.svg",
            f"figures/{name}.png",
            f"recordings/{name}_loops.nc",
        ):
            assert (folder / file).stat().st_size > 0
    assert {file.name for file in folder.iterdir()} == {
        "claims.csv", "figures", "parts", "recordings", "repeats", "report.html", "run.json",
    }  # fmt: skip
    assert not list(folder.rglob(".*"))
    run = json.loads((folder / "run.json").read_text())
    assert list(run["figures"]) == list(NAMES)
    assert run["claims"] == {"seeds": 10, "draws": 0}
    verdicts = {row.claim.id: row.verdict for row in result.rows if row.claim.how != "missing"}
    assert {id for id, verdict in verdicts.items() if verdict != "match"} == {
        "fig4e.ssim",
        "fig4f.ssim",
    }


def test_recordings_are_kept_without_loss(tmp_path):
    from acanthite.measurement import load_recording

    reproduce(Settings(seed=3), ["fig2c"], tmp_path)
    kept = load_recording(tmp_path / "recordings" / "fig2c_loops.nc")
    assert np.array_equal(kept.current, fakes.recording(3).current)


def test_the_same_settings_give_the_same_bits(tmp_path):
    for name in ("one", "two"):
        reproduce(Settings(seed=3), ["fig2c", "figS7"], tmp_path / name)
    for file in (
        "claims.csv",
        "figures/fig2c.svg",
        "figures/fig2c.png",
        "recordings/fig2c_loops.nc",
    ):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), (
            file
        )


def test_the_watcher_hears_it_in_order(tmp_path):
    diary = Diary()
    reproduce(only=["fig2d", "fig2c"], out=tmp_path, watcher=diary, seeds=2)
    assert diary.entries == [
        ("plan", ("fig2c", "fig2d", "seeds"), ()),
        ("start", "fig2c"), ("progress", "fig2c", 0.5), ("finish", "fig2c", "done"),
        ("start", "fig2d"), ("progress", "fig2d", 0.5), ("finish", "fig2d", "done"),
        ("start", "seeds"), *(("progress", "seeds", k / 4) for k in (1, 2, 3, 4)),
        ("finish", "seeds", "done"),
        ("report",),
    ]  # fmt: skip


@pytest.mark.long
def test_a_run_that_was_stopped_goes_on(tmp_path, fake_figures):
    def stop(settings, progress):
        raise KeyboardInterrupt

    fake_figures(fig2d=fakes.module("fig2d", stop))
    with pytest.raises(KeyboardInterrupt):
        reproduce(only=["fig2"], out=tmp_path)
    finished = sorted(file.stem for file in (tmp_path / "parts").iterdir())
    assert finished == ["fig2a", "fig2b", "fig2c"]
    assert not list(tmp_path.rglob(".*"))
    before = (tmp_path / "parts" / "fig2c.json").read_bytes()
    fake_figures()
    diary = Diary()
    result = reproduce(only=["fig2"], out=tmp_path, watcher=diary)
    assert ran(diary) == [*select(["fig2"])[3:], "seeds"]
    assert (tmp_path / "parts" / "fig2c.json").read_bytes() == before
    reproduce(only=["fig2"], out=tmp_path / "straight")
    assert (tmp_path / "claims.csv").read_bytes() == (
        tmp_path / "straight" / "claims.csv"
    ).read_bytes()
    assert result.parts["fig2c"].state == "done"


def test_a_later_run_adds_its_figures(tmp_path):
    reproduce(only=["fig2c"], out=tmp_path)
    result = reproduce(only=["fig3a"], out=tmp_path)
    assert list(result.parts) == ["fig2c", "fig3a"]
    assert {row.claim.figure for row in result.rows if row.verdict != "not run"} == {
        "fig2c",
        "fig3a",
    }


@pytest.mark.parametrize(
    ("error", "reason", "traced"),
    [
        (ImageError("no\ngood"), "no good", False),
        (ZeroDivisionError("by zero"), "ZeroDivisionError: by zero", True),
    ],
)
def test_a_figure_that_raises_does_not_stop_the_others(
    tmp_path, fake_figures, error, reason, traced
):
    def fail(settings, progress):
        raise error

    fake_figures(fig2c=fakes.module("fig2c", fail))
    result = reproduce(only=["fig2c", "fig2d"], out=tmp_path)
    assert result.failed == ("fig2c",)
    assert result.parts["fig2c"].reason == reason
    assert bool(result.parts["fig2c"].trace) == traced
    assert result.parts["fig2d"].state == "done"
    assert reason in (tmp_path / "report.html").read_text()
    fake_figures()
    assert reproduce(only=["fig2c", "fig2d"], out=tmp_path).failed == ()


def test_an_earlier_failure_of_a_figure_not_asked_for_is_no_failure_now(tmp_path, fake_figures):
    fake_figures(fig2c=fakes.module("fig2c", lambda settings, progress: 1 / 0))
    reproduce(only=["fig2c"], out=tmp_path)
    assert reproduce(only=["fig2d"], out=tmp_path).failed == ()


def test_a_part_names_the_parameters_its_figure_read(tmp_path, fake_figures):
    def read(settings, progress):
        settings.parameters.value("stack.island_side")
        return fakes.compute("fig2c")(settings)

    fake_figures(fig2c=fakes.module("fig2c", read, TITLE="At {pulse.read_voltage:mV}"))
    named = ("pulse.read_voltage", "stack.island_side")
    assert reproduce(only=["fig2c"], out=tmp_path).parts["fig2c"].parameters == named
    resumed = reproduce(only=["fig2c", "fig2d"], out=tmp_path)
    assert resumed.parts["fig2c"].parameters == named
    assert resumed.parts["fig2d"].parameters == ()
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text.count("Parameters read") == 1
    assert "<code>pulse.read_voltage</code>, <code>stack.island_side</code>" in text


def test_figures_that_share_an_experiment_name_the_same_parameters(tmp_path, fake_figures):
    from acanthite.figures import experiments

    def shared(name):
        def run(settings, progress):
            experiments.lrs_reads(settings)
            return fakes.compute(name)(settings)

        return fakes.module(name, run)

    fake_figures(fig2c=shared("fig2c"), fig2d=shared("fig2d"))
    parts = reproduce(Settings(quick=True), ["fig2c", "fig2d"], tmp_path).parts
    assert "filament.site_number" in parts["fig2c"].parameters
    assert parts["fig2c"].parameters == parts["fig2d"].parameters


def test_a_drawing_that_fails_fails_its_figure(tmp_path, fake_figures):
    fake_figures(fig2c=fakes.module("fig2c", draw=lambda outcome: 1 / 0))
    result = reproduce(only=["fig2c"], out=tmp_path)
    assert result.failed == ("fig2c",)
    assert all(row.verdict == "not run" for row in result.rows)


def test_a_figure_that_does_not_answer_its_claims_fails(tmp_path, fake_figures):
    fake_figures(
        figS7=fakes.module(
            "figS7", lambda settings, progress: Outcome({"figS7.set-cv": Estimate(0.1)})
        )
    )
    result = reproduce(only=["figS7"], out=tmp_path)
    assert result.parts["figS7"].reason == "figS7 gives no estimate for figS7.reset-cv"


def test_a_module_that_cannot_be_imported_fails_alone(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, MODULES["fig2c"], None)
    result = reproduce(only=["fig2c", "fig2d"], out=tmp_path)
    assert result.failed == ("fig2c",)
    assert "ModuleNotFoundError" in result.parts["fig2c"].reason


def test_a_figure_that_cannot_be_had_here_says_so_and_is_tried_again(tmp_path, fake_figures):
    fake_figures(
        fig4i=fakes.module(
            "fig4i", lambda settings, progress: Outcome(not_run="fetch MNIST & retry")
        )
    )
    result = reproduce(only=["fig4i", "fig2c"], out=tmp_path)
    assert result.failed == ()
    assert result.parts["fig4i"].state == "not run"
    assert "fetch MNIST &amp; retry" in (tmp_path / "report.html").read_text()
    fake_figures()
    diary = Diary()
    result = reproduce(only=["fig4i", "fig2c"], out=tmp_path, watcher=diary)
    assert ran(diary) == ["fig4i", "seeds"]
    assert result.parts["fig4i"].state == "done"


def test_a_wrong_input_is_found_before_anything_is_written(tmp_path, fake_figures):
    def check(settings):
        raise ImageError("image colour.png: not 8-bit grey")

    fake_figures(fig4e=fakes.module("fig4e", check=check))
    with pytest.raises(ImageError, match="not 8-bit grey"):
        reproduce(only=["fig2c", "fig4e"], out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    reproduce(only=["fig2c"], out=tmp_path / "run")


def test_a_data_set_that_is_not_there_stops_nothing_at_the_check(tmp_path, fake_figures):
    def check(settings):
        raise DatasetUnavailableError("no MNIST")

    fake_figures(fig4i=fakes.module("fig4i", check=check))
    assert reproduce(only=["fig4i"], out=tmp_path).parts["fig4i"].state == "done"


def test_an_unknown_figure_writes_nothing(tmp_path):
    with pytest.raises(FigureError, match="unknown figure 'fig2x'; did you mean"):
        reproduce(only=["fig2c", "fig2x"], out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_another_seed_is_refused_before_anything_runs(tmp_path):
    reproduce(Settings(seed=1), ["fig2c"], tmp_path)
    diary = Diary()
    with pytest.raises(RunFolderError, match="seed 1 there, 2 here"):
        reproduce(Settings(seed=2), ["fig2d"], tmp_path, diary)
    assert diary.entries == []
