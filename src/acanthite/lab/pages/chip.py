"""The page of a chip that forgets."""

from __future__ import annotations

from nicegui import ui

from acanthite.lab.pages.widgets.charts import Axis, LineChart
from acanthite.lab.pages.widgets.choice import Choice
from acanthite.lab.pages.widgets.frame import RowTable, columns, frame, panel
from acanthite.lab.pages.widgets.knobs import Board
from acanthite.lab.pages.widgets.repeats import Repeats
from acanthite.lab.views.chip import CHIP_KNOBS, COMPENSATIONS, ChipView, chip_script, chip_view

_ABOUT = "Weights that tell digits apart, written onto the cells of a chip once, read for a year."


def register() -> None:
    """Tell the server of this page."""
    ui.page("/chip")(page)


async def page() -> None:
    """Build the page for one tab."""
    from acanthite.inference import CELLS

    names = ("pcm", *(name for name in CELLS if name != "pcm"))
    with frame("/chip", _ABOUT), columns() as (knobs, views):
        with views:
            with panel():
                accuracy = LineChart(
                    "What the chip still knows",
                    Axis("days after writing", logarithmic=True),
                    Axis("test images right", "%", low=0.0, high=1.0),
                    points=True,
                )
                note = ui.label().classes("lab-about")
            with panel():
                error = LineChart(
                    "How far its weights are off",
                    Axis("days after writing", logarithmic=True),
                    Axis("rms error over rms weight", "%", low=0.0),
                    points=True,
                )
            with panel():
                rows = RowTable("The chip")
            with panel():
                cost = RowTable("Its cost, and what the spread of the constants leaves open")
            with panel(wide=True):
                repeats = Repeats()

        def show(view: ChipView) -> None:
            accuracy.show([view.accuracy])
            error.show([view.error])
            rows.show(view.rows)
            cost.show(view.cost)
            note.set_text(view.note)
            repeats.show("", chip_script(board.values, cells.value, compensation.value))

        with knobs:
            cells = Choice("cells", "cells", names, lambda: board.refresh())
            compensation = Choice(
                "compensation", "compensation of drift", COMPENSATIONS, lambda: board.refresh()
            )
            board = Board(
                CHIP_KNOBS,
                lambda values: chip_view(values, cells.value, compensation.value),
                show,
            )
    ui.timer(0.0, board.refresh, once=True)
