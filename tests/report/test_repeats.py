from __future__ import annotations

import csv
import signal
import subprocess
import sys
import time
from dataclasses import replace

import fakes
import pytest

from acanthite import threads
from acanthite.claims import CLAIMS, judging_seeds
from acanthite.errors import FigureError, ParameterError, RunFolderError
from acanthite.estimate import Estimate
from acanthite.figures import Outcome, Settings, figure
from acanthite.figures.base import silent
from acanthite.parameters import AG2S
from acanthite.report import reproduce
from acanthite.report.repeats import (
    Repeats,
    _batches,
    _workers,
    draws_of,
    repeated_figures,
    seeds_of,
)
from acanthite.studies.running.folder import locked
from acanthite.studies.running.journal import Journal


def by_seed(values):
    """Return a fake compute of fig2d whose number is that of its seed."""

    def run(settings, progress=silent):
        outcome = fakes.compute("fig2d")(settings)
        ours = {"fig2d.set-mean": Estimate(values(settings), "V")}
        return replace(outcome, estimates={**outcome.estimates, **ours})

    return run


def row_of(result, id="fig2d.set-mean"):
    return next(row for row in result.rows if row.claim.id == id)


def test_a_claim_is_judged_over_seeds_that_are_not_the_pictures(tmp_path, fake_figures):
    seen = []

    def value(settings):
        seen.append(settings.seed)
        return 0.22 if settings.seed != 5003 else 0.5

    fake_figures(fig2d=fakes.module("fig2d", by_seed(value)))
    result = reproduce(Settings(seed=7), ["fig2d"], tmp_path)
    row = row_of(result)
    assert seen == [7, *judging_seeds(10)]
    assert (row.seeds, row.share, row.verdict) == (10, 0.9, "match")
    assert (row.value, row.range) == (0.22, (0.22, 0.5))
    with (tmp_path / "claims.csv").open(newline="") as file:
        line = next(r for r in csv.DictReader(file) if r["id"] == "fig2d.set-mean")
    assert (line["seeds"], line["share"], line["low"], line["high"]) == ("10", "0.9", "0.22", "0.5")


def test_without_seeds_the_run_is_judged_by_its_own(tmp_path, fake_figures):
    fake_figures(fig2d=fakes.module("fig2d", by_seed(lambda settings: 0.22)))
    row = row_of(reproduce(only=["fig2d"], out=tmp_path, seeds=0))
    assert (row.seeds, row.over, row.verdict) == (1, (), "match")
    with pytest.raises(FigureError, match="seeds = -1; expected"):
        reproduce(only=["fig2d"], out=tmp_path, seeds=-1)


def test_more_seeds_are_added_and_none_is_computed_twice(tmp_path, fake_figures):
    seen = []

    def value(settings):
        seen.append(settings.seed)
        return 0.22

    fake_figures(fig2d=fakes.module("fig2d", by_seed(value)))
    reproduce(only=["fig2d"], out=tmp_path, seeds=2)
    row = row_of(reproduce(only=["fig2d"], out=tmp_path, seeds=4))
    assert seen == [1, 5001, 5002, 5003, 5004]
    assert row.seeds == 4
    assert row_of(reproduce(only=["fig2d"], out=tmp_path, seeds=2)).seeds == 2
    assert len(seen) == 5


def test_a_run_that_was_stopped_within_its_seeds_goes_on(tmp_path, fake_figures):
    def stop(settings):
        if settings.seed == 5002:
            raise KeyboardInterrupt
        return 0.22

    fake_figures(fig2d=fakes.module("fig2d", by_seed(stop)))
    with pytest.raises(KeyboardInterrupt):
        reproduce(only=["fig2d"], out=tmp_path, seeds=3)
    fake_figures(fig2d=fakes.module("fig2d", by_seed(lambda settings: 0.21 + 0.0 * settings.seed)))
    row = row_of(reproduce(only=["fig2d"], out=tmp_path, seeds=3))
    assert [estimate.value for estimate in row.over] == [0.22, 0.21, 0.21]


def test_a_figure_that_fails_on_a_further_seed_is_a_failure(tmp_path, fake_figures):
    def fail(settings):
        return 0.22 if settings.seed == 1 else 1 / 0

    fake_figures(fig2d=fakes.module("fig2d", by_seed(fail)))
    result = reproduce(only=["fig2d"], out=tmp_path, seeds=2)
    assert result.failed == ("fig2d",)
    assert "division by zero" in result.folder.report.read_text(encoding="utf-8")


def test_a_figure_measures_what_it_draws_or_less(tmp_path, fake_figures):
    def measure(settings):
        return Outcome(fakes.estimates("fig2d", 2.0))

    fake_figures(fig2d=fakes.module("fig2d", measure_claims=measure, REPEATS=1))
    row = row_of(reproduce(only=["fig2d"], out=tmp_path, seeds=3))
    assert (row.seeds, row.value, row.estimate.value) == (1, 0.44, 0.22)


def test_draws_are_computed_like_seeds_and_change_no_verdict(tmp_path, fake_figures):
    key = "filament.site_number"

    def value(settings):
        return 0.22 if settings.parameters.value(key) == AG2S.value(key) else 0.5

    fake_figures(fig2d=fakes.module("fig2d", by_seed(value)))
    row = row_of(reproduce(only=["fig2d"], out=tmp_path, seeds=1, posterior=2))
    assert [estimate.value for estimate in row.draws] == [0.5, 0.5]
    assert (row.draws_range, row.verdict) == ((0.5, 0.5), "match")
    with pytest.raises(ParameterError, match="posterior draws = 100000; expected 0 to"):
        reproduce(only=["fig2d"], out=tmp_path, posterior=100_000)


def test_a_figure_that_fails_on_a_draw_is_a_failure(tmp_path, fake_figures):
    key = "filament.site_number"

    def fail(settings):
        return 0.22 if settings.parameters.value(key) == AG2S.value(key) else 1 / 0

    fake_figures(fig2d=fakes.module("fig2d", by_seed(fail)))
    result = reproduce(only=["fig2d"], out=tmp_path, seeds=1, posterior=2)
    assert result.failed == ("fig2d",)
    assert row_of(result).draws_range is None


def test_the_report_says_what_the_range_over_draws_holds(tmp_path, fake_figures):
    def value(settings):
        return 0.22 if settings.seed == 1 else settings.parameters.value("instrument.sweep_rate")

    fake_figures(fig2d=fakes.module("fig2d", by_seed(value)))
    result = reproduce(only=["fig2d"], out=tmp_path, seeds=1, posterior=5)
    report = " ".join(result.folder.report.read_text(encoding="utf-8").split())
    assert "over 5 draws" in report
    assert "holds one more draw in 67 % of cases" in report.replace("\u202f", " ").replace(
        "\u00a0", " "
    )


def test_figures_without_a_seed_are_not_repeated():
    names = repeated_figures(["figS1", "fig2c", "figS9", "noteS1"])
    assert names == ("fig2c",)


@pytest.mark.parametrize("name", ["fig3a", "fig4b", "figS1", "figS4"])
def test_the_claims_of_a_figure_without_repeats_depend_on_no_seed(name):
    compute = figure(name).compute
    assert compute(Settings(seed=1)).estimates == compute(Settings(seed=2)).estimates


def test_every_figure_that_is_not_repeated_is_meant_to_be():
    fixed = {c.figure for c in CLAIMS if getattr(figure(c.figure), "REPEATS", 1) == 0}
    assert fixed == {"fig3a", "fig4b", "figS1", "figS4", "noteS1"}


def test_processes_give_the_numbers_of_one(tmp_path):
    """One process takes figure by figure, several take a seed each."""
    settings, names = Settings(quick=True), ["fig1c", "fig1d", "figS2"]
    for name, workers in (("one", 1), ("two", 2)):
        threads.use(workers)
        reproduce(settings, names, tmp_path / name, seeds=3)
    one, two = (
        Repeats(tmp_path / name / "repeats", settings, seeds_of(3)).estimates()
        for name in ("one", "two")
    )
    assert one == two
    assert all({"fig1c.energy-1", "figS2.roughness"} <= each.keys() for each in one)
    assert _claims(tmp_path / "one") == _claims(tmp_path / "two")


def _claims(folder):
    return (folder / "claims.csv").read_bytes()


def test_a_worker_takes_a_repeat_unless_others_would_have_nothing_to_do():
    owed = [(repeat, ("fig2d", "fig4i")) for repeat in seeds_of(3)]
    threads.use(2)
    assert [_workers(owed[:1], quick) for quick in (True, False)] == [1, 2]

    def figures(workers):
        batches = _batches(owed, workers)
        return [[task.settings["figure"] for task in batch.tasks] for batch in batches]

    assert figures(2) == figures(3) == [["fig2d", "fig4i"]] * 3
    assert figures(1) == [["fig2d"], ["fig4i"]] * 3
    assert figures(4) == [["fig4i"]] * 3 + [["fig2d"]] * 3


def test_estimates_come_out_of_the_journal_as_they_went_in(tmp_path, fake_figures):
    kinds = [
        Estimate(0.1 + 0.2, "V"),
        Estimate(float("nan"), "V", float("nan"), 3),
        Estimate(-float("inf"), "V", 1e-300, 2**40, (0.1, float("inf"))),
    ]

    def compute(settings, progress=silent):
        outcome = fakes.compute("fig2d")(settings)
        which = kinds[settings.seed % 5001 % 3]
        return replace(outcome, estimates={**outcome.estimates, "fig2d.set-mean": which})

    fake_figures(fig2d=fakes.module("fig2d", compute))
    reproduce(only=["fig2d"], out=tmp_path, seeds=3)
    repeats = Repeats(tmp_path / "repeats", Settings(), seeds_of(3))
    found = [each["fig2d.set-mean"] for each in repeats.estimates()]
    assert repr(found) == repr(kinds)


def test_a_figure_that_failed_is_kept_with_its_error_and_tried_again(tmp_path, fake_figures):
    def fail(settings):
        return 0.22 if settings.seed != 5002 else 1 / 0

    fake_figures(fig2d=fakes.module("fig2d", by_seed(fail)))
    reproduce(only=["fig2d"], out=tmp_path, seeds=3)
    journal = tmp_path / "repeats" / "journal.sqlite"
    with Journal(journal) as opened:
        records = {record.key[1]: record for record in opened.records()}
    assert records[5002].error == "ZeroDivisionError: division by zero"
    assert [seed for seed, record in records.items() if record.outputs] == [5001, 5003]
    seen = []
    fake_figures(fig2d=fakes.module("fig2d", by_seed(lambda s: seen.append(s.seed) or 0.21)))
    result = reproduce(only=["fig2d"], out=tmp_path, seeds=3)
    assert (seen, result.failed) == ([5002], ())


def test_two_runs_in_one_folder_at_once_are_refused(tmp_path, fake_figures):
    reproduce(only=["fig2d"], out=tmp_path, seeds=1)
    with (
        locked(tmp_path / "repeats"),
        pytest.raises(RunFolderError, match="another run is at work"),
    ):
        reproduce(only=["fig2d"], out=tmp_path, seeds=2)
    assert row_of(reproduce(only=["fig2d"], out=tmp_path, seeds=2)).seeds == 2


def test_a_draw_is_the_parameters_that_it_changes():
    (first, second) = draws_of(AG2S, 2)
    assert first.seed == second.seed == judging_seeds(1)[0]
    assert first.changes["filament.site_number"] != second.changes["filament.site_number"]
    assert first.task("fig2d").key != second.task("fig2d").key
    assert first.task("fig2d").key != seeds_of(1)[0].task("fig2d").key


_SCRIPT = """
import sys
from acanthite import threads
from acanthite.figures import Settings
from acanthite.report import reproduce

if __name__ == "__main__":
    threads.use(2)
    reproduce(Settings(quick=True), ["fig1c", "fig2d"], sys.argv[1], seeds=30)
"""


@pytest.mark.slow
def test_a_run_that_was_killed_among_its_seeds_goes_on(tmp_path):
    """Killed while processes work: seeds that were recorded are not computed again."""
    journal = tmp_path / "killed" / "repeats" / "journal.sqlite"
    run = subprocess.Popen([sys.executable, "-c", _SCRIPT, str(tmp_path / "killed")])
    while run.poll() is None and _recorded(journal) < 4:
        time.sleep(0.02)
    run.kill()
    assert run.wait() == -signal.SIGKILL
    before = _seconds(journal)
    assert 4 <= len(before) < 60
    threads.use(1)
    for name in ("killed", "straight"):
        reproduce(Settings(quick=True), ["fig1c", "fig2d"], tmp_path / name, seeds=30)
    after = _seconds(journal)
    assert len(after) == 60
    assert before.items() <= after.items()
    assert _claims(tmp_path / "killed") == _claims(tmp_path / "straight")


def _recorded(journal):
    return len(_seconds(journal)) if journal.is_file() else 0


def _seconds(journal):
    """Return when each record was computed, as far as its own time tells."""
    with Journal(journal) as opened:
        return {record.key: record.seconds for record in opened.records()}
