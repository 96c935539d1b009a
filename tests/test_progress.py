from __future__ import annotations

import logging

import pytest

from acanthite.progress import long_call


@long_call("counting")
def count(n, *, progress=None):
    """Count."""
    for i in range(n):
        if progress:
            progress((i + 1) / n)
    return n, progress is not None


@pytest.mark.parametrize(("asked", "given"), [(None, False), (False, False), (True, True)])
def test_true_and_false_become_a_bar_and_none(asked, given):
    assert count(3, progress=asked) == (3, given)


def test_a_function_is_called_with_the_fraction_done():
    fractions = []
    assert count(4, progress=fractions.append) == (4, True)
    assert fractions == [0.25, 0.5, 0.75, 1.0]


def test_a_bar_is_drawn_in_a_terminal(capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    count(2, progress=True)
    assert "counting" in capsys.readouterr().err


def test_begin_and_end_are_logged_by_the_module(caplog):
    with caplog.at_level(logging.INFO, logger=__name__):
        count(1)
    assert [record.name for record in caplog.records] == [__name__] * 2
    assert caplog.messages[0] == "counting: begun"
    assert caplog.messages[1].startswith("counting: done in ")


@pytest.mark.parametrize("asked", [None, False, True])
def test_nothing_is_said_unless_asked_in_a_terminal(capsys, asked):
    count(1, progress=asked)
    assert capsys.readouterr() == ("", "")


def test_a_wrong_call_is_refused_by_the_function_itself():
    with pytest.raises(TypeError, match=r"count\(\) got an unexpected keyword argument 'm'"):
        count(1, m=2)
