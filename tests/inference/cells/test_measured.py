"""Cells from a table of measured states."""

import numpy as np
import pytest

from acanthite.constants import uS
from acanthite.errors import CellError, RangeWarning
from acanthite.inference import MeasuredCells, cells

HEAD = "target,time,mean,std\n"
ROWS = "1e-6,0,1e-6,0\n1e-6,100,0.8e-6,0\n9e-6,0,9e-6,1e-6\n9e-6,100,8e-6,2e-6\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "states.csv"
    path.write_text(HEAD + ROWS)
    return path


def test_states_are_met_and_gone_through_in_lines(table):
    model = cells(table)
    assert (model.conductance_min, model.conductance_max) == (1 * uS, 9 * uS)
    programmed = model.program([1 * uS], seed=3)
    assert programmed.at(0.0)[0] == 1 * uS
    assert programmed.at(100.0)[0] == pytest.approx(0.8 * uS)
    halfway = np.expm1(0.5 * np.log1p(100.0))
    assert programmed.at(halfway)[0] == pytest.approx(0.9 * uS)
    many = model.program(np.full(50_000, 9 * uS), seed=3)
    assert many.at(100.0).std() == pytest.approx(2 * uS, rel=0.02)


def test_order_of_rows_does_not_matter(table, tmp_path):
    turned = tmp_path / "turned.csv"
    turned.write_text(HEAD + "".join(reversed(ROWS.splitlines(keepends=True))))
    np.testing.assert_array_equal(MeasuredCells.read(turned).mean, MeasuredCells.read(table).mean)


def test_past_the_last_time_a_warning_is_given(table):
    programmed = cells(table).program([1 * uS])
    with pytest.warns(RangeWarning, match="1000 s is past the 100 s"):
        programmed.at(1000.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column 'target'"),
        (HEAD, "no rows"),
        (HEAD + ROWS.replace("9e-6,100,8e-6,2e-6\n", ""), "9e-06 S has no row at 100 s, and 1 of 4 are missing"),
        (HEAD + ROWS + "9e-6,0,9e-6,1e-6\n", "is there twice"),
        (HEAD + "1e-6,0,x,0\n", "line 2: mean is 'x'"),
        (HEAD + "1e-6,0,1e-6,-1\n", "line 2: std is '-1'"),
        (HEAD + "1e-6,0,1e-6,0\n", "targets of shape"),
    ],
)  # fmt: skip
def test_tables_with_faults_are_refused(tmp_path, text, words):
    path = tmp_path / "states.csv"
    path.write_text(text)
    with pytest.raises(CellError, match=words):
        MeasuredCells.read(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CellError, match=r"states\.csv: cannot be read"):
        cells(tmp_path / "states.csv")
