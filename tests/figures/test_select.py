from __future__ import annotations

import pytest

from acanthite.errors import FigureError
from acanthite.figures import NAMES, Settings, figure, select, worded
from acanthite.parameters import AG2S


@pytest.mark.parametrize("names", [None, []])
def test_without_names_it_is_all_in_the_order_of_the_paper(names):
    assert select(names) == NAMES


def test_the_order_is_the_papers_whatever_is_asked_first():
    assert select(["fig3a", "fig1c", "fig3a"]) == ("fig1c", "fig3a")


def test_a_group_stands_for_all_its_own():
    assert select(["fig3"]) == ("fig3a", "fig3b", "fig3c", "fig3d", "fig3e")
    assert set(select(["figS", "note"])) == {
        name for name in NAMES if name.startswith(("figS", "note"))
    }
    assert select(["figS1"]) == ("figS1",)


@pytest.mark.parametrize("name", ["fig", "fig2z", "FIG2C", "", "fig3b "])
def test_what_is_neither_is_refused(name):
    with pytest.raises(FigureError, match="unknown figure"):
        select([name])
    with pytest.raises(FigureError, match="list them with 'acanthite reproduce --list'"):
        figure(name)


def test_one_text_is_no_list_of_names():
    with pytest.raises(
        FigureError, match=r"names = 'fig2c'; expected a list of names: \['fig2c'\]"
    ):
        select("fig2c")


def test_a_title_is_filled_in_by_what_is_exported():
    assert worded(figure("fig2c").TITLE, AG2S) == "DC cycles, 50 nm"


@pytest.mark.parametrize("seed", ["x", -1, 1.5, True, None])
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(FigureError, match=r"settings: seed = .*; expected a whole number"):
        Settings(seed=seed)
