from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.constants import eV, nm
from acanthite.errors import ParameterError
from acanthite.parameters import AG2S, load, template


@pytest.fixture
def read(tmp_path):
    """Return a function that loads a TOML text over the Ag2S set."""

    def call(text):
        path = tmp_path / "mine.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(path, AG2S)

    return call


def test_a_plain_number_is_in_the_sets_own_unit(read, tmp_path):
    found = read("[filament]\nsite_number = 900\n")["filament.site_number"]
    assert (found.value, found.unit, found.how) == (900.0, "1", "measured")
    assert (found.source, found.where) == (str(tmp_path / "mine.toml"), "user's file")


def test_what_the_file_leaves_out_keeps_value_and_source(read):
    changed = read("[filament]\nsite_number = 900\n")
    assert list(changed) == list(AG2S)
    assert [key for key in AG2S if changed[key] != AG2S[key]] == ["filament.site_number"]
    assert changed.name == "Ag2S with mine.toml"
    assert AG2S["filament.site_number"].value != 900.0


def test_provenance_is_kept(read):
    found = read(
        '[film]\ngrain_barrier = { value = 0.21, unit = "eV", source = "Doe2026", where = "Fig. 3", '
        'how = "digitised", std = 0.01 }'
    )["film.grain_barrier"]
    assert found.value == pytest.approx(0.21 * eV, rel=1e-8)
    assert found.std == pytest.approx(0.01 * eV, rel=1e-8)
    assert (found.unit, found.source, found.where, found.how) == (
        "J",
        "Doe2026",
        "Fig. 3",
        "digitised",
    )


@pytest.mark.parametrize(
    ("group", "name", "value", "unit", "expected"),
    [
        ("stack", "film_thickness", 200, "nm", 200 * nm),
        ("stack", "film_thickness", 0.2, "um", 200 * nm),
        ("stack", "film_thickness", 0.2, "µm", 200 * nm),
        ("stack", "film_thickness", 2e-7, "m", 200 * nm),
        ("film", "grain_barrier", 210, "meV", 0.21 * eV),
        ("filament", "nucleation_field", 0.05, "eV V", 0.05 * eV),
        ("filament", "attempt_rate", 0.38, "THz", 3.8e11),
        ("filament", "cluster_conductance", 2, "uS", 2e-6),
        ("filament", "series_resistance", 0.15, "kohm", 150.0),
        ("filament", "resistivity", 6, "uohm cm", 6e-8),
        ("process", "argon_flow", 20, "cm^3/min", 20e-6 / 60),
        ("process", "pressure", 5, "mtorr", 0.66661184),
        ("process", "deposition_rate", 6, "nm/min", 1e-10),
        ("process", "anneal_time", 3, "hours", 10800.0),
        ("process", "anneal_temperature", 160, "degC", 433.15),
        ("process", "anneal_temperature", -20, "degC", 253.15),
        ("crystal", "beta", 99.6, "degree", 1.738348),
        ("spread", "contact_radius", 50, "percent", 0.5),
        ("filament", "site_number", 900, "1", 900.0),
    ],
)
def test_units_are_converted(read, group, name, value, unit, expected):
    found = read(f'[{group}]\n{name} = {{ value = {value}, unit = "{unit}" }}')[f"{group}.{name}"]
    assert found.value == pytest.approx(expected, rel=1e-6)
    assert found.unit == AG2S[f"{group}.{name}"].unit


def test_a_spread_knows_no_zero_of_the_scale(read):
    found = read('[process]\nanneal_temperature = { value = 160, unit = "degC", std = 2 }')
    assert found["process.anneal_temperature"].std == pytest.approx(2.0)


@given(st.floats(1e-3, 1e3))
def test_a_value_given_in_its_own_unit_is_taken_bit_by_bit(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("toml") / "mine.toml"
    path.write_text(f"[filament]\nsite_number = {value!r}\n")
    assert load(path, AG2S).value("filament.site_number") == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[filament]\nsite_nmber = 1",
            r"\[filament\] site_nmber: .*did you mean 'filament\.site_number'",
        ),
        (
            "[filamnt]\nsite_number = 1",
            r"\[filamnt\] site_number: .*did you mean 'filament\.site_number'",
        ),
        (
            "[film]\ngrain_barrier = {value = 1, unit = 'nm'}",
            "unit 'nm' given, a unit convertible to 'J' expected",
        ),
        (
            "[film]\ngrain_barrier = {value = 1, unit = 'elephant'}",
            "unit 'elephant' given, a unit convertible to 'J'",
        ),
        (
            "[film]\ngrain_barrier = {value = 1, unit = 'm + ('}",
            r"unit 'm \+ \(' given, a unit convertible to 'J'",
        ),
        (
            "[film]\ngrain_barrier = {value = 1, unit = ''}",
            "unit '' given, a unit convertible to 'J'",
        ),
        (
            "[filament]\nsite_number = {value = 1, unit = 'V'}",
            "unit 'V' given, a unit convertible to '1' expected",
        ),
        ("[filament]\nsite_number = 'many'", "site_number = 'many'; expected a finite number"),
        ("[filament]\nsite_number = true", "site_number = True; expected a finite number"),
        ("[filament]\nsite_number = [1]", r"site_number = \[1\]; expected a finite number"),
        ("[filament]\nsite_number = -1", "site_number = -1; expected a magnitude, zero or more"),
        ("[filament]\nsite_number = nan", "site_number = nan; expected a finite number"),
        ("[filament]\nsite_number = inf", "site_number = inf; expected a finite number"),
        (
            "[process]\nanneal_temperature = {value = -300, unit = 'degC'}",
            "'value': -300.*; expected a magnitude, zero or more",
        ),
        (
            "[filament]\nsite_number = {value = 1, std = -1}",
            "'std': -1.*; expected a magnitude, zero or more",
        ),
        (
            "[filament]\nsite_number = {value = 1, std = 'wide'}",
            "std = 'wide'; expected a finite number",
        ),
        ("[filament]\nsite_number = {std = 1}", "lacks value; expected a finite number"),
        (
            "[filament]\nsite_number = {value = 1, units = 'V'}",
            "unknown field 'units'; did you mean 'unit'",
        ),
        (
            "[filament]\nsite_number = {value = 1, how = 'guessed'}",
            "how = 'guessed'; expected one of measured, fitted",
        ),
        ("site_number = 1", r"'site_number' stands outside a table; write it under its group"),
        ("[filament]\nsite_number = 1\nsite_number 2", "not valid TOML: .*line 3"),
        (b"[filament]\n# \xff\n", "not valid TOML: .*utf-8"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(read, text, says):
    with pytest.raises(ParameterError, match=says) as error:
        read(text)
    assert "mine.toml" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ParameterError, match=r"absent\.toml: No such file"):
        load(tmp_path / "absent.toml", AG2S)
    with pytest.raises(ParameterError, match="Is a directory"):
        load(tmp_path, AG2S)


def test_the_template_changes_nothing_until_a_line_is_uncommented(read):
    text = template(AG2S)
    assert dict(read(text)) == dict(AG2S)
    lines = [
        line.removeprefix("# ") if " = " in line and "{" not in line else line
        for line in text.splitlines()
    ]
    found = read("\n".join(lines))
    assert {key: q.value for key, q in found.items()} == {key: q.value for key, q in AG2S.items()}
    assert all(q.where == "user's file" for q in found.values())
