from __future__ import annotations

import csv
from dataclasses import replace

import fakes
import pytest

from acanthite import threads
from acanthite.claims import CLAIMS, judging_seeds
from acanthite.errors import FigureError, ParameterError
from acanthite.estimate import Estimate
from acanthite.figures import Outcome, Settings, figure
from acanthite.figures.base import silent
from acanthite.parameters import AG2S
from acanthite.report import reproduce
from acanthite.report.repeats import repeated_figures, seeds_of


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
    settings = Settings(quick=True)
    for name, workers in (("one", 1), ("two", 2)):
        threads.use(workers)
        reproduce(settings, ["fig1c", "figS2"], tmp_path / name, seeds=2)
    for repeat in seeds_of(settings, 2):
        for file in ("fig1c", "figS2"):
            one, two = (
                (tmp_path / name / "repeats" / repeat.name / f"{file}.json").read_text()
                for name in ("one", "two")
            )
            assert _without_time(one) == _without_time(two)


def _without_time(text: str) -> list[str]:
    return [line for line in text.splitlines() if '"seconds"' not in line]
