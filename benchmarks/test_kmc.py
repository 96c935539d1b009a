"""Speed of filaments on cells. Run: pytest benchmarks --benchmark-only -p no:cacheprovider."""

import pytest

from acanthite import film, threads
from acanthite.constants import nm
from acanthite.device import kmc


@pytest.fixture(scope="module", autouse=True)
def compiled():
    kmc.grow_filament(film.grow(), -0.25)


@pytest.mark.parametrize("guided", [True, False], ids=["guided", "free"])
@pytest.mark.parametrize("thickness", [50, 200])
def test_bridge(benchmark, thickness, guided):
    """One filament, from nothing to a bridge, with its growth film: under 1 s at 50 nm, 10 s at 200 nm."""
    grown = film.grow(film.Recipe(thickness=thickness * nm))
    benchmark.pedantic(kmc.grow_filament, (grown, -0.25), {"guided": guided}, rounds=3)


@pytest.mark.parametrize("number", [1, 2])
def test_many(benchmark, number):
    """Forty filaments through 50 nm."""
    threads.use(number)
    benchmark.pedantic(kmc.grow_many, (film.grow(), 40, -0.25), rounds=3)
    threads.use(None)
