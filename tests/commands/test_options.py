"""What several commands share: numbers, units, JSON, files that were not read, Ctrl-C."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import typer

from acanthite.commands.options import (
    attributes,
    check_data_folder,
    comma_separated,
    in_si,
    interruptible,
    lines,
    print_json,
    report_skipped,
    whole_number,
)
from acanthite.errors import DatasetError
from acanthite.measurement.io import Skipped


def test_a_whole_number_within_its_bounds():
    assert whole_number(1, 10, "a count")("10") == 10


@pytest.mark.parametrize("text", ["0", "11", "2.5", "two", ""])
def test_what_is_no_such_number_is_said_in_one_sentence(text):
    with pytest.raises(typer.BadParameter, match="is not a count; give a whole number to 10"):
        whole_number(1, 10, "a count; give a whole number to 10")(text)


@pytest.mark.parametrize("text", ["64x32", "64 x 32", "64X32", "64×32"])
def test_word_and_bit_lines(text):
    assert lines(text) == (64, 32)


@pytest.mark.parametrize("text", ["64", "64x", "axb", "1x2x3"])
def test_what_names_no_array_is_refused(text):
    with pytest.raises(typer.BadParameter, match="give word lines x bit lines"):
        lines(text)


def test_only_options_that_were_given_are_converted():
    assert in_si(thickness=(50.0, 1e-9), pitch=(None, 1e-6)) == {"thickness": 50.0 * 1e-9}


def test_parts_between_commas():
    assert comma_separated("a, b,,c ") == ["a", "b", "c"]
    assert comma_separated(None) == []


def test_attributes_by_name():
    assert attributes(Skipped(Path("a.csv"), "line 3", "no number"), "place", "broken") == {
        "place": "line 3",
        "broken": True,
    }


def test_json_has_no_word_for_what_is_not_finite(capsys):
    print_json({"a": math.inf, "b": [math.nan, 1.5], "c": (2, "x")})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [None, 1.5], "c": [2, "x"]}


def test_files_that_were_not_read_are_reported_on_standard_error(capsys):
    hidden = Skipped(Path(".a"), "", "a hidden file", broken=False)
    broken = Skipped(Path("b.csv"), "line 3", "no number")
    assert not report_skipped([hidden])
    assert report_skipped(iter([hidden, broken]))
    assert capsys.readouterr().err.splitlines()[-1] == "failed  b.csv, line 3: no number"


def test_an_interrupted_command_says_how_to_go_on(capsys):
    stopped = []
    command = interruptible("run it again", lambda: stopped.append(True))
    with pytest.raises(typer.Exit) as ended, command:
        raise KeyboardInterrupt
    assert ended.value.exit_code == 130
    assert stopped == [True]
    assert capsys.readouterr().err == "interrupted; run it again\n"


def test_a_data_folder_that_is_none_is_refused(tmp_path):
    check_data_folder(None)
    check_data_folder(tmp_path)
    with pytest.raises(DatasetError, match="no such folder; give one that holds the MNIST files"):
        check_data_folder(tmp_path / "none", "the MNIST files")
