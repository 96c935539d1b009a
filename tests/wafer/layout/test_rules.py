"""Design rules: clean layouts pass, each way to break one is caught and named, and klayout agrees."""

from __future__ import annotations

import gdstk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import mm, um
from acanthite.errors import LayoutError
from acanthite.wafer import LAYERS, ArrayDesign, Rules, WaferDesign, check, draw, require_clean
from acanthite.wafer.layout.masks import named

WAFER = WaferDesign(street=1 * mm)
SMALL = WaferDesign(diameter=30 * mm, flat_length=0.0)


def drawn(**changes):
    return draw(ArrayDesign(**{"rows": 4, "columns": 4, **changes}), SMALL)


NETS = {"cut line", "joined lines", "crossing", "shared island"}


def broken_rules(library, wafer=SMALL, **kwargs):
    """Return what is broken but for what hangs together: tests/truth/test_wafer.py is about that."""
    return {(v.rule, v.layer) for v in check(library, wafer=wafer, **kwargs) if v.rule not in NETS}


def add(library, layer, corner, size, cell="DIE"):
    """Draw a rectangle, in micrometres, into a cell."""
    number, datatype = LAYERS[layer]
    end = (corner[0] + size[0], corner[1] + size[1])
    named(library, cell).add(gdstk.rectangle(corner, end, layer=number, datatype=datatype))
    return library


@settings(deadline=None, max_examples=10)
@given(rows=st.integers(1, 24), columns=st.integers(1, 24), pitch=st.integers(14, 60))
def test_what_is_drawn_keeps_the_rules(rows, columns, pitch):
    assert check(draw(ArrayDesign(rows, columns, pitch=pitch * um), WAFER), wafer=WAFER) == []


def test_a_thin_wire_is_found_where_it_is():
    found = check(add(drawn(), "bottom electrode", (150, 145), (1.5, 30)))
    assert {v.rule for v in found} >= {"width", "cut line"}
    (v,) = (v for v in found if v.rule == "width")
    assert (v.rule, v.layer, v.cell) == ("width", "bottom electrode", "DIE")
    assert v.place == pytest.approx((150.75 * um, 160 * um))
    assert v.extent == pytest.approx((1.5 * um, 30 * um))
    assert str(v) == (
        "rule 'width', layer 'bottom electrode', cell DIE at (150.750, 160.000) um: expected at least 2 um"
    )


def test_a_narrow_gap_and_a_notch_are_found():
    far = add(
        add(drawn(), "top electrode", (150, 145), (10, 10)), "top electrode", (161.5, 145), (10, 10)
    )
    assert broken_rules(far) == {("space", "top electrode")}
    notch = drawn()
    for corner, size in (((150, 145), (30, 10)), ((150, 155), (14, 10)), ((165, 155), (15, 10))):
        add(notch, "top electrode", corner, size)
    assert broken_rules(notch) == {("space", "top electrode")}


def test_an_island_too_small_for_the_crossing_is_a_short():
    """An island inside both electrodes, instead of around their crossing, lets them touch beside it."""
    library = drawn()
    named(library, "ISLAND").remove(*named(library, "ISLAND").polygons)
    add(library, "electrolyte", (-2, -2), (4, 4), cell="ISLAND")
    assert ("short", "electrolyte") in broken_rules(library)
    with pytest.raises(
        LayoutError,
        match=r"rule 'short', layer 'electrolyte', cell DIE at \(.*\) um: top and bottom",
    ):
        require_clean(library)


def test_an_island_with_too_little_margin_breaks_the_enclosure():
    assert broken_rules(drawn(island_margin=0.1 * um)) == {("enclosure", "electrolyte")}


def test_an_island_without_crossing_is_found():
    assert broken_rules(add(drawn(), "electrolyte", (150, 145), (6, 6))) == {
        ("empty island", "electrolyte")
    }


def test_a_missing_island_is_a_short():
    library = drawn()
    array = named(library, "ARRAY")
    array.remove(*(r for r in array.references if r.cell.name == "ISLAND"))
    shorts = [v for v in check(library) if v.rule == "short"]
    assert len(shorts) == 16
    assert {round(x / um, 3) for v in shorts for x in v.extent} == {5.0}


def test_pads_are_checked():
    assert broken_rules(drawn(pad_side=50 * um)) == {("pad side", "pad")}
    assert ("pad pitch", "pad") in broken_rules(drawn(pad_pitch=90 * um, pad_side=70 * um))
    assert broken_rules(add(drawn(), "pad", (150, 145), (100, 100))) >= {("pad on metal", "pad")}


def test_nothing_sticks_out_of_the_die_or_the_wafer():
    width = ArrayDesign(4, 4).die_size[0] / um
    assert broken_rules(add(drawn(), "top electrode", (width / 2 - 10, 100), (20, 20))) == {
        ("die edge", "top electrode")
    }
    library = drawn()
    named(library, "WAFER").add(gdstk.Reference(named(library, "DIE"), (14_900, 0)))
    assert broken_rules(library) >= {("wafer edge", "die")}
    library = drawn()
    named(library, "WAFER").add(gdstk.Reference(named(library, "DIE"), (100, 100)))
    assert broken_rules(library) == {("street", "die")}


def test_dies_must_keep_clear_of_the_wafer_they_are_checked_against():
    library = draw(ArrayDesign(4, 4), WaferDesign(edge_exclusion=2 * mm))
    assert ("wafer edge", "die") in broken_rules(library, wafer=WaferDesign(edge_exclusion=8 * mm))


def test_the_check_says_how_far_it_is():
    seen = []
    check(drawn(), wafer=SMALL, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_masks_without_a_die_are_refused():
    with pytest.raises(
        LayoutError, match="no cell has a shape on layer 10, datatype 0, which marks a die"
    ):
        check(gdstk.Library("EMPTY"))


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_width_and_space_agree_with_klayout(data):
    """Random rectangles, with klayout's own operations on the same shapes as the judge."""
    db = pytest.importorskip("klayout.db")
    numbers = st.integers(0, 60)
    boxes = data.draw(
        st.lists(
            st.tuples(numbers, numbers, st.integers(1, 12), st.integers(1, 12)),
            min_size=1,
            max_size=6,
        )
    )
    library = gdstk.Library("RANDOM")
    die = library.new_cell("DIE")
    die.add(gdstk.rectangle((-100, -100), (200, 200), layer=10))
    for x, y, w, h in boxes:
        die.add(gdstk.rectangle((x, y), (x + w, y + h), layer=3))
    region = db.Region(
        [db.Box(1000 * x, 1000 * y, 1000 * (x + w), 1000 * (y + h)) for x, y, w, h in boxes]
    ).merged()
    projected = db.Region.Projection
    thin = region.width_check(4000, False, projected)
    close = region.space_check(4000, False, projected)
    found = broken_rules(library, rules=Rules(width=4 * um, space=4 * um, enclosure=0.0))
    corner = region.space_check(4000, False, db.Region.Square).count() > 0
    assert (("width", "top electrode") in found) >= (thin.count() > 0)
    assert (close.count() > 0) <= (("space", "top electrode") in found) <= corner
