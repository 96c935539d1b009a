"""Masks damaged at random: what the check says of their nets is what klayout's own netlist extraction says."""

from __future__ import annotations

from pathlib import Path

import gdstk
import numpy as np
import pytest

from acanthite.constants import mm
from acanthite.wafer import LAYERS, MASKS, ArrayDesign, Rules, WaferDesign, check, draw, read, write
from acanthite.wafer.layout.masks import named

SMALL = WaferDesign(diameter=30 * mm, flat_length=0.0)
NETS = {"short", "empty island", "cut line", "joined lines", "crossing", "shared island"}
NO_LENGTHS = Rules(width=0, space=0, enclosure=0, pad_side=0, pad_pitch=0, die_edge=0)
LAYERS_HIT = (*MASKS, "pad")
FEW, MANY = range(100), range(1000, 5000)
KEPT: tuple[int, ...] = (1276, 2053, 3719)
"""Seeds whose masks were once judged wrongly."""


def damaged(seed: int) -> gdstk.Library:
    """Return the masks of a small array, damaged in none to four places."""
    rng = np.random.default_rng(seed)
    rows, columns = (int(n) for n in rng.integers(1, 6, 2))
    library = draw(ArrayDesign(rows, columns, continuous=bool(rng.random() < 0.1)), SMALL)
    die = named(library, "DIE")
    shapes = {
        layer: die.get_polygons(layer=LAYERS[layer][0], datatype=LAYERS[layer][1])
        for layer in (*LAYERS_HIT, "mark", "die")
    }
    for _ in range(int(rng.integers(0, 5))):
        _damage(shapes, rng)
    out = gdstk.Library("DAMAGED", unit=1e-6, precision=1e-9)
    out.new_cell("DIE").add(*(shape for layer in shapes.values() for shape in layer))
    return out


def _damage(shapes: dict[str, list[gdstk.Polygon]], rng: np.random.Generator) -> None:
    layer = str(rng.choice(LAYERS_HIT))
    number, datatype = LAYERS[layer]
    if not shapes[layer]:
        return
    kind = rng.choice(["cut", "bridge", "erase", "add", "missing", "doubled", "shifted"])
    k = int(rng.integers(len(shapes[layer])))
    one = shapes[layer][k]
    box_of_one = one.bounding_box()
    assert box_of_one is not None
    low, high = np.array(box_of_one)
    at = rng.uniform(low, high).round(3)
    if kind in ("missing", "shifted"):
        shapes[layer].pop(k)
    if kind in ("doubled", "shifted"):
        step = rng.normal(0, 10.0 ** rng.uniform(-1, 1.5), 2).round(3)
        shapes[layer].append(one.copy().translate(*step))
    if kind == "missing":
        return
    size = {
        "cut": [10.0 ** rng.uniform(-1, 1), 300.0],
        "bridge": [10.0 ** rng.uniform(-1, 1), float(rng.uniform(5, 60))],
    }.get(str(kind), (10.0 ** rng.uniform(-1, 2, 2)).tolist())
    if rng.random() < 0.5:
        size = size[::-1]
    half = 0.5 * np.array(size)
    corners = [tuple((at + sign * half).round(3).tolist()) for sign in (-1, 1)]
    box = gdstk.rectangle(corners[0], corners[1], layer=number, datatype=datatype)
    if kind in ("cut", "erase"):
        near = [one] if kind == "cut" else shapes[layer]
        left = gdstk.boolean(near, box, "not", precision=1e-3, layer=number, datatype=datatype)
        shapes[layer] = [p for p in shapes[layer] if p not in near] + left
    elif kind in ("bridge", "add"):
        shapes[layer].append(box)


def klayout_accepts(path: Path) -> bool:
    """Return whether every net klayout extracts is one line with one pad, and lines cross once, in islands of their own."""
    import klayout.db as db

    layout = db.Layout()
    layout.read(str(path))
    die = layout.cell("DIE")

    def region(layer: str) -> db.Region:
        index = layout.find_layer(*LAYERS[layer])
        return db.Region() if index is None else db.Region(die.begin_shapes_rec(index)).merged()

    bottom, island, top, pad, mark = (region(layer) for layer in (*MASKS, "pad", "mark"))
    if not ((bottom & top) - island).is_empty():
        return False  # electrodes touch outside the islands, be it on an alignment mark
    bottom, island, top = (_unmarked(r, mark) for r in (bottom, island, top))
    crossings = (bottom & top).merged()
    pieces = {name: _nets(layout, r, pad) for name, r in (("bottom", bottom), ("top", top))}
    if any(pads != 1 for nets in pieces.values() for _, pads in nets):
        return False
    for one, _ in pieces["bottom"]:
        for other, _ in pieces["top"]:
            if (one & other).merged().count() != 1:
                return False
    held = [db.Region(p) & crossings for p in island.each_merged()]
    counts = [r.merged().count() for r in held]
    return all(n == 1 for n in counts) or (len(counts) == 1 and counts[0] == crossings.count() > 0)


def _unmarked(region, mark):
    """Return the shapes of a region that do not lie wholly within alignment marks."""
    return region - region.inside(mark)


def _nets(layout, metal, pad):
    """Return the nets of one layer of metal as klayout extracts them: their shapes, and how many pads lie on each."""
    import klayout.db as db

    flat = db.Layout()
    flat.dbu = layout.dbu
    cell = flat.create_cell("TOP")
    index = flat.layer(1, 0)
    cell.shapes(index).insert(metal)
    extraction = db.LayoutToNetlist(db.RecursiveShapeIterator(flat, cell, []))
    layer = extraction.make_layer(index, "metal")
    extraction.connect(layer)
    extraction.extract_netlist()
    (circuit,) = list(extraction.netlist().each_circuit())
    found = []
    for net in circuit.each_net():
        shapes = extraction.shapes_of_net(net, layer, True)
        found.append(
            (shapes, sum(not (db.Region(p) & shapes).is_empty() for p in pad.each_merged()))
        )
    return found


def judged(seed: int, folder: Path) -> tuple[bool, bool]:
    """Return whether the product and klayout accept the damaged masks of a seed."""
    path = folder / f"{seed}.gds"
    write(damaged(seed), path)
    found = {v.rule for v in check(read(path), NO_LENGTHS, SMALL)}
    verdicts = not found & NETS, klayout_accepts(path)
    path.unlink()
    return verdicts


@pytest.mark.parametrize("start", range(FEW.start, FEW.stop, 50))
def test_damaged_masks_are_judged_as_klayout_judges_them(start, tmp_path):
    pytest.importorskip("klayout.db")
    verdicts = {seed: judged(seed, tmp_path) for seed in range(start, start + 50)}
    assert not [seed for seed, (ours, theirs) in verdicts.items() if ours != theirs]
    assert {ours for ours, _ in verdicts.values()} == {True, False}


@pytest.mark.slow
def test_thousands_of_damaged_masks_are_judged_as_klayout_judges_them(tmp_path):
    pytest.importorskip("klayout.db")
    wrong = [seed for seed in MANY if len(set(judged(seed, tmp_path))) == 2]
    assert not wrong, f"seeds {wrong[:20]} and {max(len(wrong) - 20, 0)} more"


@pytest.mark.parametrize("seed", KEPT)
def test_masks_once_judged_wrongly(seed, tmp_path):
    pytest.importorskip("klayout.db")
    ours, theirs = judged(seed, tmp_path)
    assert ours == theirs
