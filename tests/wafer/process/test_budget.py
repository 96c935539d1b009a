"""The thermal budget: the published points, what lies between and beyond them, and flows that pass and fail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import celsius, hour
from acanthite.wafer import ProcessStep, allowed_time, process_flow, thermal_budget


def verdicts(flow):
    return {v.limit: v for v in thermal_budget(flow)}


@pytest.mark.parametrize(("temperature", "hours"), [(425, 6), (450, 1), (475, 0.5)])
def test_cmos_bears_what_was_measured(temperature, hours):
    assert allowed_time(celsius(temperature)) == pytest.approx(hours * hour, rel=1e-9)


@settings(deadline=None)
@given(st.floats(100, 700), st.floats(0.01, 50))
def test_hotter_is_shorter(temperature, more):
    assert allowed_time(celsius(temperature + more)) < allowed_time(celsius(temperature))


def test_beyond_the_points_the_stricter_slope_holds():
    """From 425 C down the allowed time rises by 1.29 eV, not by the 3.12 eV between the first two points."""
    assert allowed_time(celsius(400)) / hour == pytest.approx(13.2, abs=0.5)
    assert allowed_time(celsius(500)) / hour < 0.5 * 0.5


def test_the_papers_process_passes_everywhere():
    found = verdicts(process_flow())
    assert all(v.passes for v in found.values())
    assert found["back-end CMOS"].used < 1e-3
    assert found["Ag2S"].hottest is not None
    assert found["Ag2S"].hottest.kind == "anneal"
    assert found["Ag2S"].says == (
        "anneal (160 \u00b0C, 3 h) stays 17 K below its transition to the bcc phase at 177 \u00b0C"
    )


def test_a_hot_anneal_fails_and_says_why():
    flow = (*process_flow()[:-1], ProcessStep("anneal", temperature=celsius(450), time=3 * hour))
    found = verdicts(flow)
    assert not any(v.passes for v in found.values())
    assert found["back-end CMOS"].used == pytest.approx(3.0, rel=1e-3)
    assert (
        "beyond the budget: 300 % used, most by anneal (450 \u00b0C, 3 h); CMOS bears 450 \u00b0C for 1 h"
        in (found["back-end CMOS"].says)
    )
    assert "goes 90 K above its glass transition" in found["polyimide"].says


def test_films_grown_hot_are_no_back_end_process():
    """Monolayers by exfoliation and transfer aside, 2D materials want about 1000 C: the paper's comparison."""
    assert not verdicts((ProcessStep("sputter", temperature=celsius(1000), time=60.0),))[
        "back-end CMOS"
    ].passes


def test_steps_add_up():
    half = ProcessStep("anneal", temperature=celsius(425), time=4 * hour)
    assert verdicts((half,))["back-end CMOS"].passes
    assert verdicts((half, half))["back-end CMOS"].used == pytest.approx(8 / 6)
    assert not verdicts((half, half))["back-end CMOS"].passes


def test_the_electrolyte_limits_only_what_comes_after_it():
    """A resist bake at 180 C, common for PMMA, is harmless before the electrolyte and destroys it after."""
    flow = list(process_flow())
    flow[1] = replace(flow[1], temperature=celsius(180))
    assert verdicts(tuple(flow))["Ag2S"].passes
    flow[7] = replace(flow[7], temperature=celsius(180))
    after = verdicts(tuple(flow))["Ag2S"]
    assert not after.passes
    assert after.says.startswith("lithography, top electrode (180 \u00b0C")


def test_a_cold_flow_uses_nothing():
    assert all(
        v.used == 0 and v.passes and v.says == "no step is heated"
        for v in thermal_budget((ProcessStep("clean"),))
    )
