import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.constants import eV, mm, nm, um
from acanthite.device import Filament
from acanthite.errors import RecipeError
from acanthite.film import Recipe, bend, grow
from acanthite.film.bending import barrier_shift, neutral_plane, strain
from acanthite.parameters import AG2S, Quantity

radii = st.floats(1.5 * mm, 1.0) | st.floats(-1.0, -1.5 * mm)


def foil(thickness, **moduli):
    """Return parameters with another foil."""
    changes = {"bending.substrate_thickness": Quantity(thickness, "m", "mine", "", "measured")}
    changes |= {
        f"bending.{k}": Quantity(v, "Pa", "mine", "", "measured") for k, v in moduli.items()
    }
    return AG2S.replace(changes)


def test_a_film_on_a_thick_foil_is_strained_by_half_its_thickness_over_the_radius():
    assert strain(grow(), 3 * mm) == pytest.approx(50 * um / 2 / (3 * mm), rel=0.08)
    stiff = foil(50 * um, substrate_modulus=1e14)
    assert strain(grow(), 3 * mm, stiff) == pytest.approx((25 * um + 75 * nm) / (3 * mm), rel=1e-4)


def test_the_neutral_plane_of_one_material_is_its_middle():
    same = foil(1 * um, substrate_modulus=1e9, metal_modulus=1e9, film_modulus=1e9)
    film = grow()
    assert neutral_plane(film, same) == pytest.approx(0.5 * (1 * um + 2 * 50 * nm + film.thickness))


@given(radii)
def test_bending_stretches_outside_and_squeezes_inside(radius):
    film = grow()
    bent = bend(film, radius)
    assert math.copysign(1, bent.bending_strain) == math.copysign(1, radius)
    assert (bent.migration_barrier < film.migration_barrier) == (radius > 0)
    assert (bent.thickness < film.thickness) == (radius > 0)
    assert bent.disorder == pytest.approx(film.disorder)


@given(radii, radii)
def test_only_the_last_radius_counts(one, other):
    twice, once = bend(bend(grow(), one), other), bend(grow(), other)
    assert twice.migration_barrier == pytest.approx(once.migration_barrier, rel=1e-6)
    assert twice.thickness == pytest.approx(once.thickness, rel=1e-4)
    assert bend(twice, math.inf).migration_barrier == pytest.approx(
        grow().migration_barrier, rel=1e-9
    )


def test_the_shift_at_the_papers_radius_is_small_against_the_spread_of_devices():
    shift = barrier_shift(strain(grow(), 3 * mm))
    assert -AG2S.value("spread.device_barrier") < shift < 0
    assert shift / eV == pytest.approx(-0.008, abs=0.001)


def test_a_bent_film_makes_a_device():
    flat, bent = (Filament.from_film(bend(grow(), r)).values for r in (math.inf, 3 * mm))
    assert bent["migration_barrier"] < flat["migration_barrier"]
    assert bent["bottom_barrier"] < flat["bottom_barrier"]
    assert bent["cycle_barrier"] == pytest.approx(flat["cycle_barrier"])


@pytest.mark.parametrize("radius", [0.0, 0.04 * mm, -0.04 * mm, math.nan])
def test_a_radius_below_the_foils_thickness_is_refused(radius):
    with pytest.raises(RecipeError, match=r"bending radius = .*at least the thickness") as caught:
        bend(grow(Recipe()), radius)
    assert "\n" not in str(caught.value)


@given(st.floats(0.06 * mm, 1.3 * mm))
def test_where_the_film_yields_barriers_fall_no_further(radius):
    """At 1.7 % of strain, 1.4 mm: what is strained more is under the same stress."""
    at_yield = barrier_shift(AG2S.value("bending.film_elastic_limit"))
    film = bend(grow(), radius)
    assert film.bending_strain > AG2S.value("bending.film_elastic_limit")
    assert film.migration_barrier - grow().migration_barrier == pytest.approx(at_yield)
    assert 0.7 < film.thickness / grow().thickness < 1.0


def test_a_flat_film_has_no_strain():
    assert bend(grow(), math.inf) == replace(grow(), bending_strain=0.0)
