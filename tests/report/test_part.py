from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.errors import RunFolderError
from acanthite.estimate import Estimate
from acanthite.report.part import Part, read_part, write_part

_floats = st.floats(allow_nan=False)


@given(_floats, st.none() | _floats, st.integers(1, 10**6), st.none() | st.tuples(_floats, _floats))
def test_a_part_comes_back_as_it_was(tmp_path_factory, value, spread, n, interval):
    path = tmp_path_factory.mktemp("part") / "fig2c.json"
    estimates = {"fig2c.range": Estimate(value, "1", spread, n, interval)}
    part = Part(
        "fig2c",
        "done",
        "Title",
        "µ",
        estimates,
        ("a",),
        ("Zhu2025",),
        ("fig2c_a.nc",),
        seconds=1.5,
        parameters=("film.grain_barrier",),
        alt="Two loops.",
        tables=("fig2c.csv",),
    )
    write_part(path, part)
    assert read_part(path) == part


def test_a_part_that_names_no_parameters_is_read_all_the_same(tmp_path):
    path = tmp_path / "fig2c.json"
    write_part(path, Part("fig2c", "done", parameters=("film.grain_barrier",)))
    table = json.loads(path.read_text())
    del table["parameters"]
    path.write_text(json.dumps(table))
    assert read_part(path) == Part("fig2c", "done")


def test_numpy_scalars_and_not_a_number_are_stored(tmp_path):
    path = tmp_path / "fig2c.json"
    write_part(
        path, Part("fig2c", "done", estimates={"a": Estimate(np.float64("nan"), n=np.int64(3))})
    )
    json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    found = read_part(path)
    assert found is not None
    assert math.isnan(found.estimates["a"].value)
    assert found.estimates["a"].n == 3


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"figure": "fig2c", "estimates": {"a": 1}}']
)
def test_what_is_no_part_is_none(tmp_path, text):
    path = tmp_path / "fig2c.json"
    path.write_text(text)
    assert read_part(path) is None
    assert read_part(tmp_path / "absent.json") is None


def test_a_state_that_is_none_is_refused(tmp_path):
    with pytest.raises(RunFolderError, match="part 'fig2c': state = 'maybe'; expected one of done"):
        Part("fig2c", "maybe")
    path = tmp_path / "fig2c.json"
    write_part(path, Part("fig2c", "done"))
    path.write_text(path.read_text().replace('"done"', '"maybe"'))
    assert read_part(path) is None
