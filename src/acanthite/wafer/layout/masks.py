"""Masks: the layers of a die and of the wafer, as GDSII and OASIS, in cells and arrays of cells.

A die is its array (one island, one word line and one bit line, each repeated), leads, pads and
alignment marks; the wafer repeats the die. So the files stay small however many cells the wafer
carries.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import nm, um
from acanthite.errors import LayoutError
from acanthite.files import atomic
from acanthite.wafer.layout.design import Array, ArrayDesign, WaferDesign

if TYPE_CHECKING:
    import gdstk

LAYERS = {
    "bottom electrode": (1, 0),
    "electrolyte": (2, 0),
    "top electrode": (3, 0),
    "pad": (4, 0),
    "mark": (5, 0),
    "die": (10, 0),
    "wafer": (11, 0),
    "label": (1, 1),
}
"""Layer and datatype of what is drawn. Labels are written with the bottom electrodes;
"pad", "mark", "die" and "wafer" say what stands where."""

MASKS = ("bottom electrode", "electrolyte", "top electrode")
"""The layers that are written on the wafer, in this order."""

_TEXT = 60 * um  # height of labels
_MARK = {
    "bottom electrode": 0.0,
    "electrolyte": 16 * um,
    "top electrode": 36 * um,
}  # where each layer's squares stand


def draw(array: ArrayDesign, wafer: WaferDesign | None = None) -> gdstk.Library:
    """Draw the masks of a wafer of arrays.

    Parameters
    ----------
    array : ArrayDesign
    wafer : WaferDesign, optional
        The paper's 4-inch one without it.

    Returns
    -------
    gdstk.Library
        In micrometres on a grid of 1 nm; its top cell is ``WAFER``, which repeats ``DIE``.

    Raises
    ------
    LayoutError
        If no die fits on the wafer.

    Examples
    --------
    >>> from acanthite.constants import mm
    >>> small = ac.wafer.WaferDesign(diameter=6 * mm, flat_length=2 * mm, edge_exclusion=1 * mm)
    >>> library = ac.wafer.draw(ac.wafer.ArrayDesign(2, 2), small)
    >>> [cell.name for cell in library.top_level()]
    ['WAFER']
    """
    import gdstk

    wafer = WaferDesign() if wafer is None else wafer
    library = gdstk.Library("ACANTHITE", unit=um, precision=nm)
    parts = _array_cells(array)
    marks = [_mark_cell(layer, at) for layer, at in _MARK.items()]
    die = _die_cell(array, parts, marks)
    top = _wafer_cell(array, wafer, die, marks)
    glyphs = {r.cell.name: r.cell for r in top.references if r.cell.name.startswith("GLYPH")}
    library.add(*parts, *marks, die, *glyphs.values(), top)
    return library


def write(library: gdstk.Library, path: str | Path) -> None:
    """Write masks as GDSII (``.gds``) or OASIS (``.oas``), whole or not at all.

    Raises
    ------
    LayoutError
        If the name ends otherwise.

    Examples
    --------
    >>> from acanthite.constants import mm
    >>> small = ac.wafer.WaferDesign(diameter=6 * mm, flat_length=2 * mm, edge_exclusion=1 * mm)
    >>> library = ac.wafer.draw(ac.wafer.ArrayDesign(2, 2), small)
    >>> for name in ("masks.gds", "masks.oas"):
    ...     ac.wafer.write(library, name)
    """
    from datetime import datetime

    path = Path(path)
    if path.suffix not in (".gds", ".oas"):
        raise LayoutError(f"masks {path}: expected a name that ends in .gds or .oas")
    with atomic(path) as temporary:
        if path.suffix == ".gds":
            library.write_gds(temporary, timestamp=datetime(2000, 1, 1))  # same masks, same bits
        else:
            library.write_oas(temporary)


def read(path: str | Path) -> gdstk.Library:
    """Read masks from a GDSII or OASIS file, in micrometres.

    Raises
    ------
    LayoutError
        If the file is missing or neither.

    Examples
    --------
    >>> from acanthite.constants import mm
    >>> small = ac.wafer.WaferDesign(diameter=6 * mm, flat_length=2 * mm, edge_exclusion=1 * mm)
    >>> ac.wafer.write(ac.wafer.draw(ac.wafer.ArrayDesign(2, 2), small), "masks.gds")
    >>> [cell.name for cell in ac.wafer.read("masks.gds").top_level()]
    ['WAFER']
    """
    import gdstk

    path = Path(path)
    if not path.is_file():
        raise LayoutError(f"masks {path}: no such file; give a .gds or .oas file")
    reader = {".gds": gdstk.read_gds, ".oas": gdstk.read_oas}.get(path.suffix)
    if reader is None:
        raise LayoutError(f"masks {path}: expected a name that ends in .gds or .oas")
    try:
        return reader(path, unit=um)
    except (OSError, RuntimeError, ValueError) as error:
        raise LayoutError(
            f"masks {path}: not a whole {path.suffix[1:].upper()} file: {error}"
        ) from None


def named(library: gdstk.Library, name: str) -> gdstk.Cell:
    """Return a cell of masks that were drawn here."""
    return next(cell for cell in cells(library) if cell.name == name)


def cells(library: gdstk.Library) -> list[gdstk.Cell]:
    """Return the cells that are held in memory, which are all but raw ones."""
    import gdstk

    return [cell for cell in library.cells if isinstance(cell, gdstk.Cell)]


def die_names(wafer: WaferDesign, size: tuple[float, float]) -> list[str]:
    """Return the name of each die, such as ``R02C05``: row from the top, column from the left.

    Examples
    --------
    >>> from acanthite.constants import mm
    >>> names = ac.wafer.die_names(ac.wafer.WaferDesign(), (20 * mm, 20 * mm))
    >>> names[0], len(names)
    ('R01C01', 9)
    """
    x, y = wafer.dies(size).T / um
    columns, rows = (np.unique(np.round(a, 3), return_inverse=True)[1] for a in (x, -y))
    return [f"R{r + 1:02d}C{c + 1:02d}" for r, c in zip(rows, columns, strict=True)]


def _rectangle(layer: str, x0: float, y0: float, x1: float, y1: float) -> gdstk.Polygon:
    import gdstk

    number, datatype = LAYERS[layer]
    return gdstk.rectangle((x0 / um, y0 / um), (x1 / um, y1 / um), layer=number, datatype=datatype)


def _square(layer: str, side: float, x: float = 0.0, y: float = 0.0) -> gdstk.Polygon:
    h = 0.5 * side
    return _rectangle(layer, x - h, y - h, x + h, y + h)


def _array_cells(array: ArrayDesign) -> list[gdstk.Cell]:
    """Return the cells ISLAND, WORD_LINE, BIT_LINE, PADS and ARRAY."""
    import gdstk

    (half_x, half_y), half, pitch = array.half_length, 0.5 * array.cell, array.pitch / um
    word = gdstk.Cell("WORD_LINE").add(_rectangle("top electrode", -half_x, -half, half_x, half))
    bit = gdstk.Cell("BIT_LINE").add(_rectangle("bottom electrode", -half, -half_y, half, half_y))
    island = gdstk.Cell("ISLAND")
    x0, y0 = array.column_positions[0] / um, array.row_positions[-1] / um
    cell = gdstk.Cell("ARRAY").add(
        gdstk.Reference(word, (0, y0), columns=1, rows=array.rows, spacing=(0, pitch)),
        gdstk.Reference(bit, (x0, 0), columns=array.columns, rows=1, spacing=(pitch, 0)),
    )
    if array.continuous:
        margin = 0.5 * array.line_end
        island.add(
            _rectangle(
                "electrolyte", margin - half_x, margin - half_y, half_x - margin, half_y - margin
            )
        )
        cell.add(gdstk.Reference(island))
    else:
        island.add(_square("electrolyte", array.island_side))
        cell.add(
            gdstk.Reference(
                island, (x0, y0), columns=array.columns, rows=array.rows, spacing=(pitch, pitch)
            )
        )
    pads = [
        _pad_cell("WORD_PAD", "top electrode", array),
        _pad_cell("BIT_PAD", "bottom electrode", array),
    ]
    return [island, word, bit, *pads, cell]


def _pad_cell(name: str, layer: str, array: ArrayDesign) -> gdstk.Cell:
    import gdstk

    return gdstk.Cell(name).add(_square(layer, array.pad_side), _square("pad", array.pad_side))


def _mark_cell(layer: str, at: float) -> gdstk.Cell:
    """Return an alignment mark.

    The first layer has a cross, around which each later one puts four squares.
    """
    import gdstk

    cell = gdstk.Cell("MARK_" + layer.upper().replace(" ", "_"))
    if not at:
        cell.add(_square("mark", 100 * um))
        long = 40 * um
        thin = 3 * um
        number, datatype = LAYERS[layer]
        bar = _rectangle(layer, -long, -thin, long, thin)
        upright = _rectangle(layer, -thin, -long, thin, long)
        cross = gdstk.boolean(bar, upright, "or", precision=1e-3, layer=number, datatype=datatype)
        return cell.add(*cross)
    return cell.add(
        *(_square(layer, 12 * um, sx * at, sy * at) for sx in (-1, 1) for sy in (-1, 1))
    )


def _die_cell(array: ArrayDesign, parts: list[gdstk.Cell], marks: list[gdstk.Cell]) -> gdstk.Cell:
    import gdstk

    part = {cell.name: cell for cell in parts}
    die = gdstk.Cell("DIE").add(gdstk.Reference(part["ARRAY"]))
    word, bit = array.leads()
    for ends, layer, pad in (
        (word, "top electrode", "WORD_PAD"),
        (bit, "bottom electrode", "BIT_PAD"),
    ):
        for line_end, middle in ends / um:
            die.add(
                _lead(line_end, middle, array, layer), gdstk.Reference(part[pad], tuple(middle))
            )
    x, y = (d / um for d in array.pad_distance)
    for at in ((x, y), (-x, y), (x, -y), (-x, -y)):
        die.add(*(gdstk.Reference(mark, at) for mark in marks))
    w, h = array.die_size
    return die.add(_rectangle("die", -0.5 * w, -0.5 * h, 0.5 * w, 0.5 * h))


def _lead(line_end: Array, pad: Array, array: ArrayDesign, layer: str) -> gdstk.FlexPath:
    """Return the wire from the end of a line to its pad.

    It starts inside the line and ends inside the pad.
    """
    import gdstk

    along = 0 if layer == "top electrode" else 1
    outwards = np.zeros(2)
    outwards[along] = np.sign(pad[along])
    start = line_end - outwards * 0.5 * array.line_end / um
    # a lead meets its pad squarely
    before_pad = pad - outwards * (0.5 * array.pad_side + array.lead_width) / um
    number, datatype = LAYERS[layer]
    return gdstk.FlexPath(
        [tuple(p) for p in (start, line_end, before_pad, pad)],
        array.lead_width / um,
        joins="miter",
        layer=number,
        datatype=datatype,
        simple_path=False,
    )


def _wafer_cell(
    array: ArrayDesign, wafer: WaferDesign, die: gdstk.Cell, marks: list[gdstk.Cell]
) -> gdstk.Cell:
    import gdstk

    size = array.die_size
    dies = wafer.dies(size) / um
    top = gdstk.Cell("WAFER")
    step = (size[0] + wafer.street) / um
    for y in np.unique(dies[:, 1]):
        x = dies[dies[:, 1] == y, 0]
        top.add(gdstk.Reference(die, (x.min(), y), columns=x.size, rows=1, spacing=(step, 0)))
    _write_names(top, array, wafer, dies)
    corner = np.array(size) / um / 2 + wafer.street / um / 2
    middle = dies[np.abs(dies[:, 1]) == np.abs(dies[:, 1]).min()]
    for x, sign in ((middle[:, 0].min(), -1.0), (middle[:, 0].max(), 1.0)):
        top.add(
            *(
                gdstk.Reference(mark, (x + sign * corner[0], middle[0, 1] - corner[1]))
                for mark in marks
            )
        )
    return top.add(_outline(wafer))


def _outline(wafer: WaferDesign) -> gdstk.Polygon:
    import gdstk

    start = np.arcsin(2 * wafer.flat_height / wafer.diameter) if wafer.flat_length else -0.5 * np.pi
    angle = np.linspace(start, np.pi - start, 720, endpoint=bool(wafer.flat_length))
    points = 0.5 * wafer.diameter / um * np.column_stack([np.cos(angle), np.sin(angle)])
    return gdstk.Polygon([tuple(p) for p in points], *LAYERS["wafer"])


def _write_names(top: gdstk.Cell, array: ArrayDesign, wafer: WaferDesign, dies: Array) -> None:
    """Write the name of each die and, where there is room, what it carries.

    Each letter is a cell.
    """
    import gdstk

    glyphs: dict[str, gdstk.Cell] = {}
    width, height = (s / um for s in array.die_size)
    for (x, y), name in zip(dies, die_names(wafer, array.die_size), strict=True):
        text = f"{name} {array.rows}X{array.columns}"
        if len(text) * _TEXT / um * 0.75 > width - 2 * array.pad_side / um:
            text = name
        at = np.array(
            [x - 0.5 * width + array.pad_side / um, y - 0.5 * height + 0.3 * array.border / um]
        )
        for letter in text:
            if letter != " ":
                top.add(gdstk.Reference(_glyph(glyphs, letter), tuple(at)))
            at[0] += 0.75 * _TEXT / um


def _glyph(known: dict[str, gdstk.Cell], letter: str) -> gdstk.Cell:
    import gdstk

    if letter not in known:
        number, datatype = LAYERS["label"]
        shapes = gdstk.text(letter, _TEXT / um, (0, 0), layer=number, datatype=datatype)
        known[letter] = gdstk.Cell(f"GLYPH_{letter}").add(*shapes)
    return known[letter]
