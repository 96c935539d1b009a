"""Figures of the kinetic Monte Carlo room."""

import io

import pytest

from acanthite.claims import CLAIMS
from acanthite.figures import Settings, figure


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
