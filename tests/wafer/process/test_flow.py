from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from acanthite.constants import celsius, hour, minute, nm
from acanthite.errors import ProcessError
from acanthite.film import Recipe
from acanthite.wafer import ProcessStep, process_flow, read_flow, recipe_of, traveller


def test_the_papers_flow():
    flow = process_flow()
    assert [s.kind for s in flow] == [
        "clean", "lithography", "evaporation", "lift-off", "lithography", "sputter", "lift-off",
        "lithography", "evaporation", "lift-off", "anneal",
    ]  # fmt: skip
    assert [(s.material, s.thickness) for s in flow if s.material] == [
        ("Au", pytest.approx(50 * nm)),
        ("Ag2S", pytest.approx(50 * nm)),
        ("Ag", pytest.approx(50 * nm)),
    ]
    assert flow[-1].temperature == pytest.approx(celsius(160))
    assert flow[-1].time == pytest.approx(3 * hour)
    assert flow[5].time == pytest.approx(50 / 6 * minute)


def test_the_recipe_reaches_the_flow_and_comes_back_from_it():
    recipe = Recipe(thickness=200 * nm, anneal_temperature=celsius(130), anneal_time=1 * hour)
    flow = process_flow(recipe)
    assert flow[5].thickness == pytest.approx(200 * nm)
    assert recipe_of(flow, Recipe()) == recipe
    by_time = process_flow(Recipe(deposition_time=10 * minute))
    assert by_time[5].thickness == pytest.approx(60 * nm)
    bare = process_flow(Recipe(anneal_temperature=None))
    assert bare[-1].kind == "lift-off"
    assert recipe_of(bare, Recipe()).anneal_temperature is None


def test_a_continuous_electrolyte_needs_no_lithography():
    assert len(process_flow(continuous=True)) == len(process_flow()) - 2


def test_numbers_that_are_assumed_say_so():
    flow = process_flow()
    assert flow[1].source == "Zhu2025, Sect. 2.2; temperature, time assumed"
    assert flow[-1].source == "Zhu2025, Sect. 2.2"


def test_the_traveller_has_a_row_a_step_and_room_to_sign():
    flow = process_flow()
    rows = list(csv.DictReader(io.StringIO(traveller(flow, "csv"))))
    assert len(rows) == len(flow)
    assert (rows[-1]["temperature"], rows[-1]["time"], rows[0]["temperature"]) == (
        "160 \u00b0C",
        "3 h",
        "room",
    )
    assert rows[0]["measured"] == rows[0]["done"] == ""
    lines = traveller(flow).splitlines()
    assert len(lines) == len(flow) + 2
    assert len({line.count("|") for line in lines}) == 1
    page = traveller((replace(flow[0], detail="a < b & c"),), "html")
    assert page.count("<tr>") == 2
    assert "a &lt; b &amp; c" in page
    with pytest.raises(
        ProcessError, match="traveller format 'pdf'; expected one of markdown, csv, html"
    ):
        traveller(flow, "pdf")


MINE = """
[[step]]
kind = "sputter"
layer = "electrolyte"
material = "Ag2S"
thickness = "0.08 um"
[[step]]
kind = "anneal"
temperature = "120 degC"
time = "90 min"
"""


def test_a_flow_of_ones_own(tmp_path):
    (tmp_path / "mine.toml").write_text(MINE)
    first, second = read_flow(tmp_path / "mine.toml")
    assert first.thickness == pytest.approx(80 * nm)
    assert (second.temperature, second.time) == pytest.approx((celsius(120), 1.5 * hour))
    assert replace(second, temperature=None, time=None) == ProcessStep("anneal")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[step]\n", r"mine\.toml: not valid TOML"),
        ("", r"expected tables \[\[step\]\], one a step"),
        ('[[step]]\nkind = "aneal"', r"line 2: .step 1. kind = 'aneal'; expected one of .*; did you mean 'anneal'\?"),
        ('[[step]]\nkind = "clean"\ntemprature = "1 K"', r"line 3: .step 1. has unknown entry 'temprature'; did you mean 'temperature'\?"),
        ('[[step]]\nkind = "anneal"\ntemperature = 160', r"temperature = 160; expected a text, for numbers with a unit"),
        ('[[step]]\nkind = "anneal"\ntemperature = "160 nm"', r"temperature = '160 nm'; expected a number with a unit convertible to 'K'"),
        ('[[step]]\nkind = "anneal"\ntime = "-3 h"', r"time = '-3 h'; expected more than zero"),
        ('[[step]]\nkind = "anneal"\ntime = "process.aneal_time"', r"no parameter 'process.aneal_time'.*did you mean"),
        ('[[step]]\nkind = "anneal"\ntime = "recipe.aneal_time"', r"'recipe\.aneal_time': no such entry; did you mean 'anneal_time'"),
        ('[[step]]\nkind = "lithography"\nlayer = "top electrod"', r"layer = 'top electrod'; expected .*did you mean 'top electrode'"),
        ('[[step]]\nkind = "sputter"\nlayer = "electrolyte"', r"a deposition needs 'material' and 'thickness'"),
    ],
)  # fmt: skip
def test_a_flow_that_makes_no_sense_is_refused(tmp_path, text, message):
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(ProcessError, match=message):
        read_flow(tmp_path / "mine.toml")


def test_a_flow_without_electrolyte_or_file_is_refused(tmp_path):
    with pytest.raises(ProcessError, match="no step deposits Ag2S"):
        recipe_of((ProcessStep("clean"),), Recipe())
    with pytest.raises(ProcessError, match=r"missing\.toml: No such file"):
        read_flow(tmp_path / "missing.toml")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "nonsense"}, "step: kind = 'nonsense'; expected one of clean, lithography"),
        ({"kind": "bakee"}, "did you mean 'bake'"),
        ({"kind": "lithography"}, "step lithography: layer = ''; expected one of"),
        ({"kind": "bake", "layer": "roof"}, "step bake: layer = 'roof'; expected one of"),
        ({"kind": "bake", "temperature": -5}, "step bake: temperature = -5; expected a positive"),
        ({"kind": "bake", "time": 0}, "step bake: time = 0; expected a positive"),
        ({"kind": "sputter", "thickness": "50 nm"}, "thickness = '50 nm'; expected a positive"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_when_it_is_made(arguments, message):
    with pytest.raises(ProcessError, match=message):
        ProcessStep(**arguments)
