"""Figures of the kinetic Monte Carlo room."""

import io

import pytest

from acanthite.claims import CLAIMS
from acanthite.errors import RecipeError
from acanthite.figures import Settings, figure
from acanthite.parameters import AG2S, Quantity


@pytest.mark.long
@pytest.mark.parametrize("name", ["fig2i", "figS6", "figS11"])
def test_a_figure_answers_its_claims_repeats_and_draws(name):
    module = figure(name)
    first, second = (module.compute(Settings(seed=2, quick=True)) for _ in range(2))
    assert set(first.estimates) == {c.id for c in CLAIMS if c.figure == name and c.how != "missing"}
    assert first.estimates == second.estimates
    assert all(data.identical(second.recordings[stem]) for stem, data in first.recordings.items())
    picture = io.BytesIO()
    module.draw(first).savefig(picture, format="png", dpi=40)
    assert picture.tell() > 1000


@pytest.mark.parametrize("factor", [1.0, 1.1])
def test_a_film_that_no_gas_would_make_is_refused_by_the_parameters_names(factor):
    critical = factor * AG2S.value("process.pressure") / 0.95
    other = AG2S.replace(
        {"process.critical_h2s_pressure": Quantity(critical, "Pa", "test", "", "assumed")}
    )
    with pytest.raises(
        RecipeError, match=r"process\.critical_h2s_pressure \(=.* process\.pressure \(="
    ):
        figure("fig2i").compute(Settings(quick=True, parameters=other))
