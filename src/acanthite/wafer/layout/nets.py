"""What masks connect.

Every line is one net from its pad to its last cell, no two lines are one net, and each crossing is
in one island.

Merged shapes of an electrode layer that touch are one piece of metal. A piece with one pad is a
line, a piece without one was cut off, and a piece with several joins lines that should be apart.
The lines of an array then cross each other once each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite.wafer.layout.design import Array

if TYPE_CHECKING:
    import gdstk

_GRID = 1e-3  # um, the grid of the masks

Place = tuple[str, str, Array, str]
"""Rule, layer, the box of the offending place [um] and what was expected."""


@dataclass(frozen=True)
class _Metal:
    """The pieces of an electrode layer, alignment marks aside.

    Parameters
    ----------
    layer : str
    pieces : list of gdstk.Polygon
    pads : ndarray of int, shape (piece,)
        How many pads lie on each.
    """

    layer: str
    pieces: list[gdstk.Polygon]
    pads: Array


def broken_nets(
    bottom: list[gdstk.Polygon],
    islands: list[gdstk.Polygon],
    top: list[gdstk.Polygon],
    pads: list[gdstk.Polygon],
    marks: list[gdstk.Polygon],
) -> Iterator[Place]:
    """Yield where a die's lines are cut, joined, or do not cross as those of an array do.

    Parameters
    ----------
    bottom, islands, top, pads, marks : list of gdstk.Polygon
        Shapes of a die, those of a layer merged.
    """
    metals = [
        _metal(layer, shapes, pads, marks)
        for layer, shapes in (("bottom electrode", bottom), ("top electrode", top))
    ]
    for metal in metals:
        yield from _lines(metal)
    crossings = _both(*(metal.pieces for metal in metals))
    points = _inner_points(crossings)
    on = [locate(points, metal.pieces) for metal in metals]
    yield from _meetings(metals, crossings, on)
    yield from _held(_outside(islands, marks), points)


def _metal(
    layer: str, shapes: list[gdstk.Polygon], pads: list[gdstk.Polygon], marks: list[gdstk.Polygon]
) -> _Metal:
    pieces = _outside(shapes, marks)
    touching = _both(pads, pieces)
    points = _inner_points(touching)
    pairs = np.column_stack([locate(points, pieces), locate(points, pads)])
    pairs = np.unique(pairs[(pairs >= 0).all(1)], axis=0)
    return _Metal(layer, pieces, np.bincount(pairs[:, 0], minlength=len(pieces)))


def _lines(metal: _Metal) -> Iterator[Place]:
    """Yield the pieces of metal that are not one line with one pad."""
    for piece, pads in zip(metal.pieces, metal.pads.tolist(), strict=True):
        if pads == 0:
            yield (
                "cut line",
                metal.layer,
                _box(piece),
                "every piece of a line hangs together with its pad",
            )
        elif pads > 1:
            yield (
                "joined lines",
                metal.layer,
                _box(piece),
                f"one pad on each line, this one has {pads}",
            )


def _meetings(
    metals: Sequence[_Metal], crossings: list[gdstk.Polygon], on: Sequence[Array]
) -> Iterator[Place]:
    """Yield the lines that do not cross those of their array once each."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    shape = tuple(len(metal.pieces) for metal in metals)
    both = (on[0] >= 0) & (on[1] >= 0)
    times = coo_array((np.ones(both.sum()), (on[0][both], on[1][both])), shape=shape).toarray()
    for place in zip(*np.nonzero(times > 1), strict=True):
        again = next(k for k in np.flatnonzero(both) if (on[0][k], on[1][k]) == place)
        yield "crossing", "top electrode", _box(crossings[again]), "two lines cross once"
    graph = coo_array(
        np.block([[np.zeros((shape[0],) * 2), times], [times.T, np.zeros((shape[1],) * 2)]])
    )
    array = connected_components(graph, directed=False)[1]
    expected = array[: shape[0], None] == array[None, shape[0] :]
    for metal, crossed, wanted in zip(
        metals, (times > 0, (times > 0).T), (expected, expected.T), strict=True
    ):
        for piece, some, all_ in zip(metal.pieces, crossed.sum(1), wanted.sum(1), strict=True):
            if some == 0 or some < all_:
                expected_text = (
                    f"a line crosses every other line of its array, this one {some} of "
                    f"{max(all_, 1)}"
                )
                yield "crossing", metal.layer, _box(piece), expected_text


def _held(islands: list[gdstk.Polygon], points: Array) -> Iterator[Place]:
    """Yield the islands that do not hold one crossing.

    A single island over all of them is an electrolyte left whole.
    """
    from scipy.spatial import KDTree

    if not islands:
        return
    boxes = np.array([_box(island) for island in islands])
    reach = 0.5 * (boxes[:, 1] - boxes[:, 0]).max(1)
    near: list[list[int]] = [[] for _ in islands]
    if len(points):
        near = list(KDTree(points).query_ball_point(boxes.mean(1), reach, p=np.inf))
    held = [
        int(_contains(island, points[candidates]).sum())
        for island, candidates in zip(islands, near, strict=True)
    ]
    whole = len(islands) == 1 and held[0] == len(points) > 0
    for island, count in zip(islands, held, strict=True):
        if count == 0:
            yield "empty island", "electrolyte", _box(island), "electrodes cross in every island"
        elif count > 1 and not whole:
            text = (
                f"an island holds one crossing, or one holds all; this one has {count} of "
                f"{len(points)}"
            )
            yield "shared island", "electrolyte", _box(island), text


def locate(points: Array, shapes: list[gdstk.Polygon]) -> Array:
    """Return in which of the shapes, which do not overlap, each point lies; -1 where in none.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
    shapes : list of gdstk.Polygon

    Returns
    -------
    ndarray of int, shape (n,)
    """
    shape_of = np.full(len(points), -1)
    for k, shape in enumerate(shapes):
        low, high = shape.bounding_box()
        near = np.flatnonzero((shape_of < 0) & ((points >= low) & (points <= high)).all(1))
        if near.size:
            shape_of[near[_contains(shape, points[near])]] = k
    return shape_of


def _contains(shape: gdstk.Polygon, points: Array) -> Array:
    """Return which points, shape (n, 2), lie in a shape."""
    import gdstk

    return np.array(gdstk.inside(points.tolist(), [shape]), bool).reshape(-1)


def _inner_points(shapes: list[gdstk.Polygon]) -> Array:
    """Return a point inside each shape, shape (n, 2)."""
    return np.array([_inner_point(np.asarray(shape.points)) for shape in shapes]).reshape(-1, 2)


def _inner_point(corners: Array) -> Array:
    """Return a point inside a polygon.

    It is half way across, at a height half way between two of the corners.
    """
    heights = np.unique(corners[:, 1])
    widest = int(np.argmax(np.diff(heights)))
    y = 0.5 * (heights[widest] + heights[widest + 1])
    after = np.roll(corners, -1, 0)
    cut = (corners[:, 1] > y) != (after[:, 1] > y)
    share = (y - corners[cut, 1]) / (after[cut, 1] - corners[cut, 1])
    x = np.sort(corners[cut, 0] + share * (after[cut, 0] - corners[cut, 0]))
    starts, ends = x[::2], x[1::2]
    k = int(np.argmax(ends - starts))
    return np.array([0.5 * (starts[k] + ends[k]), y])


def _both(one: list[gdstk.Polygon], other: list[gdstk.Polygon]) -> list[gdstk.Polygon]:
    import gdstk

    if not (one and other):
        return []
    overlaps = gdstk.boolean(one, other, "and", precision=_GRID)
    return [p for p in overlaps if p.area() > _GRID**2]


def _outside(shapes: list[gdstk.Polygon], marks: list[gdstk.Polygon]) -> list[gdstk.Polygon]:
    """Return the shapes that do not lie wholly in alignment marks."""
    import gdstk

    if not (shapes and marks):
        return shapes
    inside = locate(_inner_points(shapes), marks) >= 0
    return [
        shape
        for shape, in_mark in zip(shapes, inside, strict=True)
        if not in_mark or gdstk.boolean([shape], marks, "not", precision=_GRID)
    ]


def _box(shape: gdstk.Polygon) -> Array:
    return np.array(shape.bounding_box())
