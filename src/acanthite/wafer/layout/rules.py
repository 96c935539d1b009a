"""Design-rule check of masks, drawn here or elsewhere.

Widths, spaces, enclosure, shorts, pads, nets, and the dies on the wafer.

Widths and spaces are what an opening and a closing of a layer by half the rule takes away or adds,
so they hold for the merged shapes, at any angle; corners that face each other diagonally are
measured along the axes, a little too strictly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import um
from acanthite.errors import LayoutError
from acanthite.wafer.layout.design import Array, Rules, WaferDesign
from acanthite.wafer.layout.masks import LAYERS, MASKS, cells
from acanthite.wafer.layout.nets import broken_nets

if TYPE_CHECKING:
    import gdstk

_GRID = 1e-3  # um, the grid of the masks
_SLACK = 5e-3  # um: what rounding to the grid may change at a slanted edge, both sides together
_PARTS = 7  # of the check of a die
_MOST_LISTED = 100  # of one rule and layer


@dataclass(frozen=True)
class Violation:
    """A place where a rule is broken.

    Parameters
    ----------
    rule : str
    layer : str
    cell : str
        Die or wafer cell that it is in.
    place : tuple of float
        Middle of the offending area, in that cell. [m]
    extent : tuple of float
        Its width and height. [m]
    detail : str
        What was expected.

    Examples
    --------
    Pads too small for the rules:

    >>> from acanthite.constants import mm, um
    >>> small = ac.wafer.WaferDesign(diameter=6 * mm, flat_length=2 * mm, edge_exclusion=1 * mm)
    >>> library = ac.wafer.draw(ac.wafer.ArrayDesign(2, 2, pad_side=50 * um), small)
    >>> violation = ac.wafer.check(library)[0]
    >>> violation.rule, violation.layer, violation.detail
    ('pad side', 'pad', 'expected at least 60 um')
    """

    rule: str
    layer: str
    cell: str
    place: tuple[float, float]
    extent: tuple[float, float]
    detail: str

    def __str__(self) -> str:
        x, y = (value / um for value in self.place)
        return (
            f"rule {self.rule!r}, layer {self.layer!r}, cell {self.cell} at ({x:.3f}, {y:.3f}) um: "
            f"{self.detail}"
        )


def check(
    library: gdstk.Library,
    rules: Rules | None = None,
    wafer: WaferDesign | None = None,
    progress: Callable[[float], None] | None = None,
) -> list[Violation]:
    """Check masks against design rules.

    Parameters
    ----------
    library : gdstk.Library
        From :func:`acanthite.wafer.draw` or :func:`acanthite.wafer.read`. Cells with a shape on the
        layer "die" are dies, each checked once however often the wafer repeats it.
    rules : Rules, optional
    wafer : WaferDesign, optional
        For where dies may stand and how far apart.
    progress : callable, optional
        Called with the fraction done.

    Returns
    -------
    list of Violation
        Empty where no rule is broken; at most a hundred of one rule, layer and cell.

    Raises
    ------
    LayoutError
        If there is no die.

    Examples
    --------
    >>> from acanthite.constants import mm, um
    >>> small = ac.wafer.WaferDesign(diameter=6 * mm, flat_length=2 * mm, edge_exclusion=1 * mm)
    >>> ac.wafer.check(ac.wafer.draw(ac.wafer.ArrayDesign(2, 2), small))
    []
    >>> len(ac.wafer.check(ac.wafer.draw(ac.wafer.ArrayDesign(2, 2, pad_side=50 * um), small)))
    4
    """
    import gdstk

    rules, wafer = rules or Rules(), wafer or WaferDesign()
    dies = [cell for cell in cells(library) if _own(cell, "die")]
    if not dies:
        raise LayoutError(
            f"masks {library.name!r}: no cell has a shape on layer {LAYERS['die'][0]}, datatype "
            f"{LAYERS['die'][1]}, which marks a die; "
            "draw its outline there"
        )
    broken: list[Violation] = []
    for n, die in enumerate(dies):
        for part, violations in enumerate(_check_die(die, rules), 1):
            broken += violations
            if progress:
                progress((n + part / _PARTS) / len(dies))
    for top in library.top_level():
        if isinstance(top, gdstk.Cell) and top not in dies:
            broken += _check_wafer(top, wafer)
    return broken


def require_clean(
    library: gdstk.Library,
    rules: Rules | None = None,
    wafer: WaferDesign | None = None,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Raise unless masks keep the rules.

    Raises
    ------
    LayoutError
        Naming rule, layer and place of the first violation, and how many there are.

    Examples
    --------
    >>> from acanthite.constants import mm, um
    >>> small = ac.wafer.WaferDesign(diameter=6 * mm, flat_length=2 * mm, edge_exclusion=1 * mm)
    >>> library = ac.wafer.draw(ac.wafer.ArrayDesign(2, 2, pad_side=50 * um), small)
    >>> ac.wafer.require_clean(library)
    Traceback (most recent call last):
        ...
    acanthite.errors.LayoutError: rule 'pad side', layer 'pad', cell DIE at ...: expected at least
    60 um ...
    """
    broken = check(library, rules, wafer, progress)
    if broken:
        raise LayoutError(f"{broken[0]} ({len(broken)} violations in all)")


def layer_shapes(cell: gdstk.Cell, layer: str) -> list[gdstk.Polygon]:
    """Return the shapes of a layer in a cell and all it repeats, overlaps merged."""
    import gdstk

    number, datatype = LAYERS[layer]
    shapes = cell.get_polygons(layer=number, datatype=datatype)
    return gdstk.boolean(shapes, [], "or", precision=_GRID) if shapes else []


def _own(cell: gdstk.Cell, layer: str) -> list[gdstk.Polygon]:
    return cell.get_polygons(depth=0, layer=LAYERS[layer][0], datatype=LAYERS[layer][1])


def _check_die(die: gdstk.Cell, rules: Rules) -> Iterator[list[Violation]]:
    """Yield the violations of each of ``_PARTS`` parts of the check."""
    shapes = {layer: layer_shapes(die, layer) for layer in (*MASKS, "pad", "mark", "die")}
    yield []
    for layer in MASKS:
        own = shapes[layer]
        edge = _near_edge(own, shapes["die"], rules.die_edge)
        yield [
            *_report("width", layer, die, _too_narrow(own, rules.width), rules.width),
            *_report("space", layer, die, _too_close(own, rules.space), rules.space),
            *_report("die edge", layer, die, edge, rules.die_edge),
        ]
    yield list(_crossings(die, shapes, rules))
    yield list(_pads(die, shapes, rules))
    yield list(_nets(die, shapes))


def _too_narrow(shapes: list[gdstk.Polygon], least: float) -> list[gdstk.Polygon]:
    step = 0.5 * (least / um - _SLACK)
    if step <= 0:
        return []
    narrow = []
    for kind in _alike(shapes):
        thin = _not([kind[0]], _offset(_offset([kind[0]], -step), step + 0.5 * _SLACK))
        origin = np.array(kind[0].bounding_box()[0])
        for one in kind if thin else ():
            narrow += [
                p.copy().translate(*(np.array(one.bounding_box()[0]) - origin)) for p in thin
            ]
    return narrow


def _alike(shapes: list[gdstk.Polygon]) -> list[list[gdstk.Polygon]]:
    """Return the shapes in groups that are the same but for their place."""
    kinds: dict[bytes, list[gdstk.Polygon]] = {}
    for shape in shapes:
        points = np.asarray(shape.points)
        points = points - points.min(0)
        kinds.setdefault(np.round(points / _GRID).astype(np.int64).tobytes(), []).append(shape)
    return list(kinds.values())


def _too_close(shapes: list[gdstk.Polygon], least: float) -> list[gdstk.Polygon]:
    step = 0.5 * (least / um - _SLACK)
    grown = _offset(shapes, step)
    if step <= 0 or (len(grown) == len(shapes) and not _any_concave(shapes)):
        return []  # nothing merged and nothing could have closed
    return _not(_offset(grown, -step - 0.5 * _SLACK), shapes)


def _any_concave(shapes: list[gdstk.Polygon]) -> bool:
    return any(_is_concave(np.asarray(kind[0].points)) for kind in _alike(shapes))


def _is_concave(points: Array) -> bool:
    a, b = np.roll(points, -1, 0) - points, np.roll(points, -2, 0) - np.roll(points, -1, 0)
    turn = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return bool(turn.min() < -_GRID and turn.max() > _GRID)


def _near_edge(
    shapes: list[gdstk.Polygon], die: list[gdstk.Polygon], least: float
) -> list[gdstk.Polygon]:
    return _not(shapes, _offset(die, -(least / um - _SLACK)))


def _crossings(
    die: gdstk.Cell, shapes: dict[str, list[gdstk.Polygon]], rules: Rules
) -> Iterable[Violation]:
    """Check that electrodes cross inside islands only, with room around."""
    import gdstk

    bottom, islands, top = (shapes[layer] for layer in MASKS)
    crossing = gdstk.boolean(bottom, top, "and", precision=_GRID)
    short = _not(crossing, islands)
    yield from _report(
        "short", "electrolyte", die, short, 0.0, "top and bottom electrode touch outside the island"
    )
    bare = _not(_offset(crossing, rules.enclosure / um - _SLACK), islands)
    if not short:
        yield from _report("enclosure", "electrolyte", die, bare, rules.enclosure)


def _nets(die: gdstk.Cell, shapes: dict[str, list[gdstk.Polygon]]) -> Iterable[Violation]:
    """Check what is connected; see :mod:`acanthite.wafer.layout.nets`."""
    bottom, islands, top = (shapes[layer] for layer in MASKS)
    counts: dict[tuple[str, str], int] = {}
    for rule, layer, box, detail in broken_nets(
        bottom, islands, top, shapes["pad"], shapes["mark"]
    ):
        counts[rule, layer] = counts.get((rule, layer), 0) + 1
        if counts[rule, layer] <= _MOST_LISTED:
            yield _violation(rule, layer, die, box, detail)


def _pads(
    die: gdstk.Cell, shapes: dict[str, list[gdstk.Polygon]], rules: Rules
) -> Iterable[Violation]:
    from scipy.spatial import KDTree

    pads, metal = shapes["pad"], [*shapes["bottom electrode"], *shapes["top electrode"]]
    yield from _report(
        "pad on metal", "pad", die, _not(pads, metal), 0.0, "a pad lies on an electrode layer"
    )
    boxes = np.array([p.bounding_box() for p in pads]).reshape(-1, 2, 2)
    small = [
        p
        for p, box in zip(pads, boxes, strict=True)
        if (box[1] - box[0]).min() < rules.pad_side / um - _SLACK
    ]
    yield from _report("pad side", "pad", die, small, rules.pad_side)
    if len(boxes) > 1:
        middles = boxes.mean(1)
        nearest = KDTree(middles).query(middles, k=2)[0][:, 1]
        close = [p for p, d in zip(pads, nearest, strict=True) if d < rules.pad_pitch / um - _SLACK]
        yield from _report("pad pitch", "pad", die, close, rules.pad_pitch)


def _check_wafer(top: gdstk.Cell, wafer: WaferDesign) -> list[Violation]:
    boxes = np.array([p.bounding_box() for p in _dies_on(top)]).reshape(-1, 2, 2)
    broken: list[Violation] = []
    for box in boxes:
        x, y = (a.ravel() * um for a in np.meshgrid(box[:, 0], box[:, 1]))
        if not wafer.holds(x, y, wafer.edge_exclusion - 1e-9).all():
            detail = (
                f"a die stays {wafer.edge_exclusion / um:g} um or more from the edge of the wafer"
            )
            broken.append(_violation("wafer edge", "die", top, box, detail))
    for box in boxes[_overlapping(boxes, wafer.street / um)]:
        broken.append(
            _violation(
                "street", "die", top, box, f"dies stand {wafer.street / um:g} um apart or more"
            )
        )
    return broken


def _dies_on(top: gdstk.Cell) -> list[gdstk.Polygon]:
    return top.get_polygons(layer=LAYERS["die"][0], datatype=LAYERS["die"][1])


def _overlapping(boxes: Array, street: float) -> list[int]:
    """Return which boxes come closer than ``street`` to another one."""
    from scipy.spatial import KDTree

    if len(boxes) < 2:
        return []
    middles, sizes = boxes.mean(1), boxes[:, 1] - boxes[:, 0]
    pairs = KDTree(middles).query_pairs(
        float(np.hypot(*sizes.max(0))) + street, output_type="ndarray"
    )
    gap = np.abs(middles[pairs[:, 0]] - middles[pairs[:, 1]]) - 0.5 * (
        sizes[pairs[:, 0]] + sizes[pairs[:, 1]]
    )
    return sorted({int(i) for i in pairs[gap.max(1) < street - _SLACK].ravel()})


def _offset(shapes: list[gdstk.Polygon], distance: float) -> list[gdstk.Polygon]:
    import gdstk

    return (
        gdstk.offset(shapes, distance, join="miter", tolerance=2, precision=_GRID, use_union=True)
        if shapes
        else []
    )


def _not(shapes: list[gdstk.Polygon], others: list[gdstk.Polygon]) -> list[gdstk.Polygon]:
    """Return what of ``shapes`` the others leave, slivers of the grid aside."""
    import gdstk

    left = gdstk.boolean(shapes, others, "not", precision=_GRID) if shapes else []
    return [p for p in left if _sides(p).min() > 2 * _GRID and p.area() > _GRID]


def _sides(shape: gdstk.Polygon) -> Array:
    return np.ptp(np.asarray(shape.points), 0)


def _report(
    rule: str,
    layer: str,
    cell: gdstk.Cell,
    shapes: list[gdstk.Polygon],
    least: float,
    detail: str = "",
) -> list[Violation]:
    text = detail or f"expected at least {least / um:g} um"
    return [
        _violation(rule, layer, cell, np.array(p.bounding_box()), text)
        for p in shapes[:_MOST_LISTED]
    ]


def _violation(rule: str, layer: str, cell: gdstk.Cell, box: Array, detail: str) -> Violation:
    place, extent = box.mean(0) * um, (box[1] - box[0]) * um
    return Violation(
        rule,
        layer,
        cell.name,
        (float(place[0]), float(place[1])),
        (float(extent[0]), float(extent[1])),
        detail,
    )
