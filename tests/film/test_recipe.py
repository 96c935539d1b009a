import math

import pytest

from acanthite.constants import celsius, minute, mtorr, nm, sccm
from acanthite.errors import RecipeError
from acanthite.film import Recipe, grow
from acanthite.parameters import AG2S, Quantity


def test_defaults_are_the_papers():
    recipe = Recipe()
    assert recipe.rf_power == 150.0
    assert recipe.h2s_flow == pytest.approx(2 * recipe.argon_flow)
    assert recipe.anneal_temperature == pytest.approx(celsius(160))
    assert recipe == Recipe.of(AG2S)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"anneal_time": -1.0}, r"anneal_time \(=-1.0\) must be a finite number, zero or more"),
        ({"deposition_time": -5.0}, r"deposition_time \(=-5.0\) must be a positive"),
        ({"rf_power": math.nan}, r"rf_power \(=nan\) must be a positive finite number"),
        ({"rf_power": "150"}, r"rf_power \(='150'\)"),
        ({"h2s_flow": 0.0}, "without H2S the chamber deposits silver"),
        ({"h2s_flow": 40}, r"write 40 \* sccm"),
        ({"thickness": 50.0}, r"write 50 \* nm"),
        ({"thickness": True}, r"thickness \(=True\)"),
        ({"anneal_temperature": 160.0}, r"write celsius\(160\)"),
        ({"thickness": 50 * nm, "deposition_time": 8 * minute}, "both given"),
        ({"base_pressure": 6 * mtorr}, "must be below pressure"),
    ],
)
def test_a_recipe_no_chamber_can_run_is_refused_in_one_line(changes, message):
    with pytest.raises(RecipeError, match=message) as caught:
        Recipe(**changes)
    assert "\n" not in str(caught.value)


def test_annealing_above_the_transition_is_refused_with_the_reason():
    with pytest.raises(
        RecipeError, match=r"anneal_temperature \(=473.15 K\).*monoclinic-bcc transition"
    ):
        grow(Recipe(anneal_temperature=celsius(200)))


def test_a_recipe_follows_its_parameter_set():
    mine = AG2S.replace(
        {"process.h2s_flow": Quantity(30 * sccm, "m^3/s", "mine", "log", "measured")}
    )
    assert Recipe.of(mine, thickness=80 * nm).h2s_flow == 30 * sccm
