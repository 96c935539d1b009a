"""The masks, read by klayout: what is drawn is what was asked for."""

from __future__ import annotations

import pytest

from acanthite.constants import mm, um
from acanthite.errors import LayoutError
from acanthite.wafer import (
    LAYERS,
    ArrayDesign,
    WaferDesign,
    die_names,
    draw,
    read,
    require_clean,
    write,
)

db = pytest.importorskip(
    "klayout.db", reason="klayout is in the dev extra: pip install -e '.[dev]'"
)

SMALL = WaferDesign(diameter=30 * mm, flat_length=0.0)
SHAPES = [(1, 1), (2, 2), (1, 17), (5, 3), (16, 16)]


def regions(path, cell="DIE", layers=tuple(LAYERS)):
    """Return klayout's view of a file: its layout, and a merged region of each layer of a cell."""
    layout = db.Layout()
    layout.read(str(path))
    top = layout.cell(cell)
    found = {n: db.Region(top.begin_shapes_rec(layout.layer(*LAYERS[n]))).merged() for n in layers}
    return layout, found


@pytest.fixture(scope="module", params=SHAPES, ids=lambda s: f"{s[0]}x{s[1]}")
def drawn(request, tmp_path_factory):
    """An array, its masks as a GDSII file, and klayout's regions."""
    array = ArrayDesign(*request.param)
    path = tmp_path_factory.mktemp("masks") / "masks.gds"
    write(draw(array, SMALL), path)
    layout, found = regions(path)
    return array, layout, found


def test_electrodes_cross_once_in_each_cell(drawn):
    array, layout, found = drawn
    crossings = (found["bottom electrode"] & found["top electrode"]).merged()
    assert crossings.count() == array.rows * array.columns
    side = round(array.cell / (layout.dbu * um))
    assert {(p.bbox().width(), p.bbox().height()) for p in crossings.each()} == {(side, side)}
    assert crossings.area() == crossings.count() * side**2


def test_each_island_holds_one_crossing_with_margin(drawn):
    array, layout, found = drawn
    islands = found["electrolyte"] - found["mark"]
    crossings = (found["bottom electrode"] & found["top electrode"]).merged()
    assert islands.count() == array.rows * array.columns
    margin = round(array.island_margin / (layout.dbu * um))
    assert (crossings.sized(margin) - islands).is_empty()
    assert (
        islands.interacting(found["bottom electrode"] & found["top electrode"]).count()
        == islands.count()
    )
    assert (crossings - islands).is_empty(), "electrodes touch outside an island"


def test_each_line_has_a_pad_and_nothing_else_is_connected(drawn):
    array, _, found = drawn
    pads = found["pad"]
    assert pads.count() == array.rows + array.columns
    for layer, lines in (("top electrode", array.rows), ("bottom electrode", array.columns)):
        wires = found[layer].interacting(pads)
        assert wires.count() == lines
        assert all((db.Region(wire) & pads).merged().count() == 1 for wire in wires.each())
        others = found[layer] - found["mark"]
        assert others.interacting(pads).count() == others.count()


def test_klayout_finds_no_rule_broken(drawn):
    _, layout, found = drawn
    least = round(2 * um / (layout.dbu * um)) - 3  # slanted leads sit on a grid of 1 nm
    for layer in ("bottom electrode", "electrolyte", "top electrode"):
        assert found[layer].width_check(least).count() == 0
        assert found[layer].space_check(least).count() == 0
        assert (found[layer] - found["die"]).is_empty()


def test_marks_of_every_layer_stand_at_the_four_corners(drawn):
    _, _, found = drawn
    assert found["mark"].count() == 4
    for layer, shapes in (("bottom electrode", 1), ("electrolyte", 4), ("top electrode", 4)):
        assert (found[layer] & found["mark"]).merged().count() == 4 * shapes


def test_each_die_is_named_in_its_border(tmp_path):
    array, wafer = (
        ArrayDesign(8, 8),
        WaferDesign(diameter=8 * mm, flat_length=0.0, edge_exclusion=1 * mm),
    )
    write(draw(array, wafer), tmp_path / "masks.gds")
    _, found = regions(tmp_path / "masks.gds", "WAFER")
    assert found["die"].interacting(found["label"]).count() == found["die"].count() > 4
    assert (found["label"] - found["die"]).is_empty()
    assert (found["label"] & (found["bottom electrode"] + found["top electrode"])).is_empty()
    names = die_names(wafer, array.die_size)
    assert len(set(names)) == len(names) == found["die"].count()


@pytest.mark.parametrize("ending", ["gds", "oas"])
def test_the_wafer_carries_all_dies_and_the_file_stays_small(tmp_path, ending):
    array, wafer = ArrayDesign(64, 64), WaferDesign()
    path = tmp_path / f"masks.{ending}"
    write(draw(array, wafer), path)
    layout, found = regions(path, "WAFER", ("die", "wafer"))
    dies = len(wafer.dies(array.die_size))
    assert found["die"].count() == dies
    outline = found["wafer"].sized(-round(wafer.edge_exclusion / (layout.dbu * um)))
    assert (found["die"] - outline.sized(100)).is_empty()  # the circle is a polygon of 720 sides
    assert path.stat().st_size < 200_000
    assert [cell.name for cell in layout.top_cells()] == ["WAFER"]


def test_a_continuous_electrolyte_covers_the_array(tmp_path):
    array = ArrayDesign(4, 4, continuous=True)
    library = draw(array, SMALL)
    require_clean(library, wafer=SMALL)
    write(library, tmp_path / "masks.gds")
    _, found = regions(tmp_path / "masks.gds")
    assert (found["electrolyte"] - found["mark"]).count() == 1
    assert ((found["bottom electrode"] & found["top electrode"]) - found["electrolyte"]).is_empty()


def test_same_design_same_bits(tmp_path):
    for name in ("one.gds", "two.gds", "one.oas", "two.oas"):
        write(draw(ArrayDesign(3, 4), SMALL), tmp_path / name)
    for ending in ("gds", "oas"):
        assert (tmp_path / f"one.{ending}").read_bytes() == (
            tmp_path / f"two.{ending}"
        ).read_bytes()


def test_what_was_written_reads_back(tmp_path):
    write(draw(ArrayDesign(3, 4), SMALL), tmp_path / "masks.oas")
    again = read(tmp_path / "masks.oas")
    assert {cell.name for cell in again.cells} >= {
        "WAFER",
        "DIE",
        "ARRAY",
        "ISLAND",
        "WORD_LINE",
        "BIT_LINE",
    }


def test_files_that_are_no_masks_are_refused(tmp_path):
    with pytest.raises(LayoutError, match=r"no such file; give a \.gds or \.oas file"):
        read(tmp_path / "missing.gds")
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(LayoutError, match=r"expected a name that ends in \.gds or \.oas"):
        read(tmp_path / "notes.txt")
    (tmp_path / "broken.gds").write_bytes(b"not masks at all")
    with pytest.raises(LayoutError, match=r"broken\.gds: not a whole GDS file"):
        read(tmp_path / "broken.gds")
    with pytest.raises(LayoutError, match=r"ends in \.gds or \.oas"):
        write(draw(ArrayDesign(1, 1)), tmp_path / "masks.dxf")
