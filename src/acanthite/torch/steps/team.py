"""A second thread that helps with compiled steps; with it or without, the bits are the same.

Rows of a batch pass the tiles a few at a time, on whichever thread is free: where in its tile's
stream a row finds its noise follows from its number. Then the tiles learn, a tile's numbers being
its own.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from acanthite import threads
from acanthite.nn.engine.native.claims import board, close, give_up
from acanthite.torch.steps.passes import Link
from acanthite.torch.tile import Tile

_CALL_WORTH = 1 << 25
"""Cells times samples that are worth starting a thread: a few milliseconds."""

_STEP_WORTH = 1 << 22
"""Cells times samples of a batch that are worth a second thread, which takes twice the energy."""

_CELLS_PER_LOOK = 1 << 13
"""Cells times samples trained in half a microsecond, the time of one look for the other thread.

A wait for longer than the whole batch would take alone is one for a thread without a core.
"""

_REST = 1 << 32
"""Cells times samples to train alone after such a wait, counted in each of a batch's three works.

They take a tenth of a second; the system takes a core away for some thousandths.
"""

PARTS = 8
"""Parts into which the rows of a batch are cut."""


class Team(NamedTuple):
    """How the work of a batch is shared."""

    board: np.ndarray  # int64: what may be claimed; empty if there is no second thread
    order: np.ndarray  # int64, shape (n_learning,): tiles that learn, those with most to do first
    finite: np.ndarray  # bool, shape (PARTS,): whether errors of each part of the rows are
    patience: int  # looks for the other thread, after which it is taken to have no core
    rest: int  # works to do alone from then on
    alone: np.ndarray  # int64, shape (1,): how many of these are left


def team_of(links: tuple[Link, ...], tiles: list[Tile], n_samples: int) -> Team:
    """Return how to share the work; with nobody where a second thread brings nothing.

    Parameters
    ----------
    links : tuple of Link
        Of all tiles.
    tiles : list of Tile
        Those that learn.
    n_samples : int
        To train on in one call.
    """
    cells = sum(len(link.weights) for link in links)
    batch = len(links[0].inputs)
    pays = cells * n_samples >= _CALL_WORTH and cells * batch >= _STEP_WORTH
    alone = threads.count() == 1 or not pays
    return Team(
        board=np.zeros(0, np.int64) if alone else board(),
        order=np.argsort([-tile.n_in - tile.n_out for tile in tiles], kind="stable"),
        finite=np.zeros(PARTS, bool),
        patience=cells * batch // _CELLS_PER_LOOK,
        rest=_REST // (cells * batch),
        alone=np.zeros(1, np.int64),
    )


def own_scratch(link: Link) -> Link:
    """Return a link for another thread: the same tile, with scratch of its own."""
    lines = link.converters
    rng = lines.rng
    rng = rng._replace(
        normals=rng.normals.copy(), scratch=rng.scratch.copy(), state=rng.state.copy()
    )
    lines = lines._replace(inputs=lines.inputs.copy(), outputs=lines.outputs.copy(), rng=rng)
    active, values = link.active.copy(), link.active_values.copy()
    return link._replace(converters=lines, active=active, active_values=values)


def helped(team: Team, work: Callable[[], Any], helper: Callable[[], Any]) -> Any:
    """Return ``work()``, with ``helper()`` on a thread of its own meanwhile if the team has one.

    ``helper`` returns once the board is closed.
    """
    if not len(team.board):
        return work()

    def guarded() -> None:
        try:
            helper()
        except BaseException:
            give_up(team.board)
            raise

    with ThreadPoolExecutor(1, "acanthite-steps") as pool:
        team.board[:] = board()
        other = pool.submit(guarded)
        try:
            result = work()
        finally:
            close(team.board)
        other.result()
    return result
