"""Where a figure measures its claims apart from its picture, they are the same numbers."""

from __future__ import annotations

import pytest

from acanthite.figures import NAMES, Settings, figure

_APART = tuple(
    name for name in NAMES if hasattr(figure(name), "measure_claims") and name != "fig4i"
)
"""Figure 4i trains one network where its picture has three."""


@pytest.mark.long
@pytest.mark.parametrize("name", _APART)
def test_the_claims_alone_are_those_of_the_picture(name):
    settings = Settings(seed=5, quick=True)
    alone = figure(name).measure_claims(settings)
    assert alone.estimates == figure(name).compute(settings).estimates
    assert alone.estimates
    assert not alone.recordings
