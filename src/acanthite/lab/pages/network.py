"""The page of a network that learns on the device, live."""

from __future__ import annotations

from nicegui import ui

from acanthite.lab.pages.widgets.charts import Axis, LineChart
from acanthite.lab.pages.widgets.choice import Choice
from acanthite.lab.pages.widgets.frame import RowTable, columns, frame, panel
from acanthite.lab.pages.widgets.knobs import Board, one_line
from acanthite.lab.pages.widgets.repeats import Repeats
from acanthite.lab.server import work
from acanthite.lab.views.network import (
    ALGORITHMS,
    NETWORK_KNOBS,
    StoppedError,
    Training,
    network_command,
)

_ABOUT = (
    "Digits of 8 x 8 pixels, learned sample by sample, as the hardware would: by ttv2 and sgd on "
    "Ag₂S devices, by the others without any."
)
_EVERY = 0.4  # between two looks at a training [s]


def register() -> None:
    """Tell the server of this page."""
    ui.page("/network")(page)


class _NetworkPage:
    """The training of one tab."""

    def __init__(self) -> None:
        self.training: Training | None = None

    def build(self) -> None:
        """Lay the page out."""
        with frame("/network", _ABOUT), columns() as (knobs, views):
            with views, panel():
                self.chart = LineChart(
                    "Accuracy after each epoch",
                    Axis("epoch"),
                    Axis("images right", "%", low=0.0, high=1.0),
                    points=True,
                )
                self.status = ui.label("Not started.").props("role=status")
            with views, panel():
                self.rows = RowTable("The training")
            with views, panel(wide=True):
                self.repeats = Repeats()
            with knobs:
                self.algorithm = Choice("algorithm", "algorithm", ALGORITHMS, self.turned)
                self.board = Board(NETWORK_KNOBS, dict, lambda values: self.show_command())
                with ui.element("div").classes("lab-buttons"):
                    self.start = ui.button("learn", on_click=self.learn).props("no-caps")
                    self.stop = ui.button("stop", on_click=self.end).props("no-caps outline")
                self.stop.disable()
        self.timer = ui.timer(_EVERY, self.look, active=False)
        ui.timer(0.0, self.turned, once=True)
        ui.context.client.on_delete(self.end)

    async def turned(self) -> None:
        """Show what the knobs now mean."""
        await self.board.refresh()

    def show_command(self) -> None:
        """Show the command that trains as the knobs say."""
        self.repeats.show(network_command(self.board.values, self.algorithm.value), "")

    async def learn(self) -> None:
        """Train to the end, and show how it goes."""
        training = self.training = Training(dict(self.board.values), self.algorithm.value)
        self.start.disable()
        self.stop.enable()
        self.status.set_text("Learning; the first time, the device is measured before.")
        self.timer.activate()
        try:
            await work.compute_long(training.run, training.stop)
            self.status.set_text("Done.")
        except StoppedError:
            self.status.set_text("Stopped.")
        except Exception as error:
            self.status.set_text(one_line(error))
        self.timer.deactivate()
        self.look()
        self.stop.disable()
        self.start.enable()

    def end(self) -> None:
        """Stop the training."""
        if self.training is not None:
            self.training.stop()

    def look(self) -> None:
        """Show how far the training is."""
        if self.training is not None:
            self.chart.show(self.training.curves())
            self.rows.show(self.training.rows())


async def page() -> None:
    """Build the page for one tab."""
    _NetworkPage().build()
