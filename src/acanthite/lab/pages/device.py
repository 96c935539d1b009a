"""The page of one device: recipe, film, loop, pulses, energy."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from acanthite.lab.pages.widgets.charts import Axis, LineChart
from acanthite.lab.pages.widgets.frame import RowTable, columns, frame, panel
from acanthite.lab.pages.widgets.knobs import Board
from acanthite.lab.pages.widgets.repeats import Repeats
from acanthite.lab.views.device import (
    DEVICE_KNOBS,
    DeviceView,
    device_commands,
    device_script,
    device_view,
)
from acanthite.lab.views.knobs import parameters_of
from acanthite.lab.views.repeat import as_toml

_ABOUT = (
    "A recipe gives a film, the film a device: its loop, its answer to pulses, and what a write "
    "costs."
)


def register() -> None:
    """Tell the server of this page."""
    ui.page("/")(page)


async def page() -> None:
    """Build the page for one tab."""
    with frame("/", _ABOUT), columns() as (knobs, views):
        with views:
            show = _views()
            with panel(wide=True):
                repeats = Repeats(lambda: as_toml(parameters_of(DEVICE_KNOBS, board.values)))

        def update(view: DeviceView) -> None:
            show(view)
            repeats.show(device_commands(board.values), device_script(board.values))

        with knobs:
            board = Board(DEVICE_KNOBS, device_view, update)
    ui.timer(0.0, board.refresh, once=True)


def _views() -> Callable[[DeviceView], None]:
    """Lay out the views; return what fills them."""
    with panel():
        loop = LineChart(
            "Loop: current against voltage", Axis("voltage", "V"), Axis("|current|", "A", True)
        )
        switching = RowTable("What the loop says")
    with panel():
        ladder = LineChart(
            "Pulses: conductance after each", Axis("pulse"), Axis("conductance", "S"), points=True
        )
        energy = RowTable("The first write, and the noise of a read")
    with panel(wide=True):
        film = RowTable("Film")

    def show(view: DeviceView) -> None:
        loop.show([view.loop])
        switching.show(view.switching)
        ladder.show([view.ladder])
        energy.show(view.energy)
        film.show(view.film)

    return show
