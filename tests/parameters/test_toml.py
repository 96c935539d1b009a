"""The codec: what is written reads back the same, and every error names file, line and entry."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.errors import ParameterError
from acanthite.nn.engine.periphery import Periphery
from acanthite.parameters import AG2S, ParameterSet, Quantity, load, save
from acanthite.parameters.toml import document_text, parse, table_text
from acanthite.parameters.toml.write import quantity_text

FINITE = st.floats(allow_nan=False, allow_infinity=False)
MAGNITUDES = st.floats(min_value=0.0, allow_infinity=False)
SCALARS = st.booleans() | st.integers() | FINITE | st.text() | st.dates() | st.datetimes()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)
)
HOW = st.sampled_from(["measured", "fitted", "digitised", "predicted", "assumed"])


@dataclass(frozen=True)
class Inner:
    """A table in a table."""

    share: float = 0.5
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Device:
    """One field of every kind."""

    width: float = field(metadata={"unit": "s"})
    count: int
    steps: tuple[float, ...] = ()
    window: tuple[float, float] | None = None
    bound: float = float("inf")
    start: float | str = 0.0
    simple: bool = False
    how: Literal["measured", "assumed"] = "assumed"
    inner: Inner = field(default_factory=Inner)
    notes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.width < 0:
            raise ParameterError(f"width = {self.width:g}; expected zero or more")


DEVICES = st.builds(
    Device,
    MAGNITUDES,
    st.integers(),
    st.lists(FINITE).map(tuple),
    st.none() | st.tuples(FINITE, FINITE),
    FINITE | st.just(float("inf")),
    FINITE | st.text(),
    st.booleans(),
    st.sampled_from(["measured", "assumed"]),
    st.builds(Inner, FINITE, st.lists(st.text()).map(tuple)),
)


def decoded(text: str) -> Device:
    """Return the device of a file's text."""
    return parse(text, "device file d.toml").table("device").build(Device)


@pytest.mark.long
@given(st.dictionaries(st.text(), VALUES))
def test_any_table_reads_back_the_same(entries):
    assert tomllib.loads(table_text("t", entries))["t"] == entries


@given(DEVICES)
def test_a_dataclass_reads_back_the_same(device):
    entries = {name: value for name, value in asdict(device).items() if value is not None}
    del entries["notes"]
    assert decoded(document_text("A device.", [table_text("device", entries)])) == device


@given(
    st.dictionaries(
        st.sampled_from(list(AG2S)),
        st.tuples(MAGNITUDES, st.text(), st.text(), HOW, st.none() | MAGNITUDES),
        min_size=1,
    )
)
def test_sources_and_provenance_of_a_set_survive(tmp_path_factory, drawn):
    path = tmp_path_factory.mktemp("codec") / "set.toml"
    quantities = {
        key: Quantity(value, AG2S[key].unit, source, where, how, std)
        for key, (value, source, where, how, std) in drawn.items()
    }
    changed = AG2S.replace(quantities)
    save(changed, path)
    assert dict(load(path, AG2S)) == dict(changed)
    save(ParameterSet("part", quantities), path)
    assert dict(load(path, AG2S)) == dict(changed)


def test_a_number_may_have_a_unit():
    assert decoded('[device]\ncount = 1\nwidth = { value = 3, unit = "ms" }').width == 0.003


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[device]\ncount = 1", "line 1: [device] lacks width; device needs width, count"),
        ("[device]\n\n# c\nwidth = 'a'\ncount = 1", "line 4: [device] width = 'a'; expected a finite number"),
        ("[device]\nwidth = -1\ncount = 1", "line 2: width = -1; expected zero or more"),
        ("[device]\ncount = 1.5\nwidth = 1", "line 2: [device] count = 1.5; expected a whole number"),
        ("[device]\ncount = 1\nwidth = true", "line 3: [device] width = True; expected a finite number"),
        ("[device]\ncount = 1\nwidht = 1\nwidth = 1", "line 3: [device] has unknown field 'widht'; did you mean 'width'?"),
        (
            "[device]\nwidth = {value = 1, unit = 'V'}\ncount = 1",
            "line 2: [device] width: unit 'V' given, a unit convertible to 's' expected",
        ),
        ("[device]\ncount = 1\nwidth = 1\nsteps = [\n1,\n'b']", "line 4: [device] steps = [1, 'b']; expected a list, each a finite number"),
        ("[device]\ncount = 1\nwidth = 1\nwindow = [1]", "line 4: [device] window = [1]; expected a list of 2, each a finite number"),
        ("[device]\ncount = 1\nwidth = 1" + 400 * "0", "line 3: [device] width = 1" + 76 * "0" + "...; expected a finite number"),
        ("[device]\ncount = 1\nwidth = inf", "line 3: [device] width = inf; expected a finite number"),
        ("[device]\ncount = 1\nwidth = 1\nhow = 'gues'", "line 4: [device] how = 'gues'; expected one of measured, assumed"),
        ("[device]\ncount = 1\nwidth = 1\n[device.inner]\nshare = 'b'", "line 5: [device.inner] share = 'b'; expected a finite number"),
        ("device = 3", "line 1: device = 3; expected a table"),
        ("[device]\nwidth = =", "not valid TOML: Invalid value (at line 2, column 9)"),
    ],
)  # fmt: skip
def test_an_error_names_file_line_and_entry(text, message):
    with pytest.raises(ParameterError) as caught:
        decoded(text)
    separator = ": " if message.startswith("not") else ", "
    assert str(caught.value) == f"device file d.toml{separator}{message}"


def test_lines_are_counted_over_texts_of_many_lines_and_lists_of_tables():
    text = "a = '''\n[x]\nb = 1\n'''\n[[step]]\nkind = 'x'\n[[step]]\n\nkind = [\n  3,\n]\n"
    table = parse(text, "flow f.toml")
    steps = table.tables("step")
    assert "line 6: [step 1] kind" in str(steps[0].wrong("kind", "b"))
    assert "line 9: [step 2] kind" in str(steps[1].wrong("kind", "b"))
    assert "line 1: a" in str(table.wrong("a", "b"))


def test_a_training_plans_tables_decode_too():
    file = parse("[periphery]\nread_noise = 0.1\n", "plan p.toml")
    assert file.table("periphery").build(Periphery) == Periphery(read_noise=0.1)


@given(FINITE, st.sampled_from(["S", "V", "m", "s", "ohm", "K", "Hz", "V/s", "1"]))
def test_a_number_with_a_unit_reads_back_to_the_last_bit(value, unit):
    table = parse(f"x = {quantity_text(value, unit)}", "file")
    assert table.value("x", float, unit=unit) == value


@given(
    st.integers(1, 99_999),
    st.integers(0, 2),
    st.sampled_from([("m", 1e-3), ("u", 1e-6), ("n", 1e-9), ("p", 1e-12)]),
)
def test_what_was_written_with_a_prefix_is_written_with_few_digits(digits, places, prefix):
    """Times a power of ten, a number may need seventeen digits without its prefix."""
    name, power = prefix
    shown = digits / 10**places
    text = quantity_text(shown * power, "S")
    assert len(text) <= len(f'{{ value = {shown}, unit = "{name}S" }}') + 3


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (25 * 1e-6, "S", '{ value = 25, unit = "uS" }'),
        (200 * 1e-9, "m", '{ value = 200, unit = "nm" }'),
        (2e-5, "S", "2e-05"),
        (1e-6 / 3, "S", repr(1e-6 / 3)),
        (25 * 1e-6, "1", repr(25 * 1e-6)),
        (25 * 1e-6, "V/s", repr(25 * 1e-6)),
        (3, "S", "3"),
    ],
)
def test_a_prefix_stands_where_it_saves_digits_only(value, unit, text):
    assert quantity_text(value, unit) == text
