from __future__ import annotations

import io

import fakes
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from acanthite.claims import CLAIMS
from acanthite.console import RunDisplay, Timeline, print_claims, print_parameters
from acanthite.errors import FigureError
from acanthite.parameters import AG2S
from acanthite.report import Part


def test_time_left_trusts_the_weights_first_and_the_clock_later():
    timeline = Timeline({"a": 10.0, "b": 90.0})
    assert timeline.left(0.0) == pytest.approx(100.0)
    timeline.progress("a", 0.5)
    assert timeline.fraction == pytest.approx(0.05)
    assert timeline.left(1.0) == pytest.approx(0.5 * 19.0 + 0.5 * 95.0)
    timeline.finish("a")
    timeline.progress("b", 0.5)
    assert timeline.left(11.0) == pytest.approx(9.0)
    timeline.finish("b")
    assert (timeline.fraction, timeline.left(20.0)) == (1.0, 0.0)


@given(st.dictionaries(st.text(min_size=1), st.floats(0.01, 1e3), min_size=1), st.floats(0, 1e4))
def test_a_run_moves_forward_only(weights, elapsed):
    timeline = Timeline(weights)
    seen = [timeline.fraction]
    for name in weights:
        for fraction in (0.3, 1.0):
            timeline.progress(name, fraction)
            seen.append(timeline.fraction)
        timeline.finish(name)
        seen.append(timeline.fraction)
        assert timeline.left(elapsed) >= 0
    assert seen == pytest.approx(sorted(seen))
    assert seen[-1] == pytest.approx(1.0)


def test_nothing_to_do_takes_no_time():
    assert Timeline({}).left(0.0) == 0.0 or Timeline({}).left(0.0) == 1.0


def show(terminal: bool) -> str:
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=120, highlight=False, no_color=True)
    with RunDisplay(console) as display:
        display.plan({"fig2c": 1.0, "fig2d": 1.0, "fig2e": 1.0}, ("fig1b",))
        display.start("fig2c", "Fifty cycles")
        display.progress("fig2c", 0.5)
        display.finish(Part("fig2c", "done", estimates=fakes.estimates("fig2c"), seconds=12.0))
        display.finish(Part("fig2d", "failed", reason="out of silver"))
        display.finish(Part("fig2e", "not run", reason="fetch it"))
        display.report()
    return text.getvalue()


def test_plain_lines_where_there_is_no_terminal():
    assert show(terminal=False).replace("\u202f", " ").splitlines() == [
        "1 of 4 figures were finished before",
        "fig2c         12 s  4 match",
        "fig2d      < 0.1 s  failed: out of silver",
        "fig2e      < 0.1 s  not run: fetch it",
    ]


def test_a_bar_on_a_terminal():
    text = show(terminal=True)
    assert "Fifty cycles" in text
    assert "left" in text
    assert "━" in text


def test_the_ledger_is_printed_whole_or_by_figure(capsys):
    print_claims()
    text = capsys.readouterr().out
    assert all(claim.id in text for claim in CLAIMS)
    print_claims(["fig2c"])
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "id",
        "fig2c.set-max",
        "fig2c.lowest",
        "fig2c.cycles",
        "fig2c.range",
    ]
    with pytest.raises(FigureError, match="no claim of figure 'fig2z'; did you mean"):
        print_claims(["fig2z"])


def test_every_parameter_is_printed(capsys):
    print_parameters(AG2S)
    text = capsys.readouterr().out
    assert all(key in text for key in AG2S)
