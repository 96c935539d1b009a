"""The page of an array: voltages while a cell is written, and a kernel run on a picture."""

from __future__ import annotations

from html import escape

from nicegui import ui

from acanthite.lab.pages.widgets.charts import MapChart
from acanthite.lab.pages.widgets.choice import Choice
from acanthite.lab.pages.widgets.frame import RowTable, columns, frame, panel
from acanthite.lab.pages.widgets.knobs import Board, one_line
from acanthite.lab.pages.widgets.repeats import Repeats
from acanthite.lab.pages.widgets.upload import UploadElement
from acanthite.lab.server import work
from acanthite.lab.server.uploads import read_upload, without_folder
from acanthite.lab.views.array import (
    ARRAY_KNOBS,
    BIASES,
    KERNEL_KNOBS,
    ArrayView,
    KernelView,
    Picture,
    array_script,
    array_view,
    as_png,
    kernel_script,
    kernel_view,
    photograph,
    read_picture,
)

_ABOUT = "What wires and half-selected cells do to a write, and what an array makes of a picture."


def register() -> None:
    """Tell the server of this page."""
    ui.page("/array")(page)


async def page() -> None:
    """Build the page for one tab."""
    with frame("/array", _ABOUT):
        written = _written()
        ui.html("<h2>A kernel on a picture</h2>", sanitize=False)
        kernel = _Kernel()
        kernel.build()

    async def first() -> None:
        await written.refresh()
        await kernel.start()

    ui.timer(0.0, first, once=True)


def _written() -> Board:
    """Lay out the array that is written."""
    with columns() as (knobs, views):
        with views:
            with panel():
                voltages = MapChart(
                    "Voltage across each cell, the one top right written",
                    "V",
                    "bit line",
                    "word line",
                )
            with panel():
                rows = RowTable("The write")
            with panel(wide=True):
                repeats = Repeats()

        def show(view: ArrayView) -> None:
            voltages.show(view.voltage)
            rows.show(view.rows)
            repeats.show("", array_script(board.values, bias.value))

        with knobs:
            bias = Choice("bias", "bias of the other lines", BIASES, lambda: board.refresh())
            board = Board(ARRAY_KNOBS, lambda values: array_view(values, bias.value), show)
    return board


class _Kernel:
    """The kernel and the picture of one tab."""

    def __init__(self) -> None:
        self.picture: Picture | None = None

    def build(self) -> None:
        """Lay it out."""
        with columns() as (knobs, views):
            with views, panel(wide=True):
                self.pictures = ui.html("", sanitize=False)
                self.rows = RowTable("Array against arithmetic")
            with views, panel(wide=True):
                self.repeats = Repeats()
            with knobs:
                UploadElement("your picture", "image/*", self.receive)
                self.kernel = Choice(
                    "kernel", "edges", ("vertical", "horizontal"), lambda: self.board.refresh()
                )
                self.board = Board(KERNEL_KNOBS, self.compute, self.show)

    async def start(self) -> None:
        """Begin with the picture that comes with the package."""
        self.picture = await work.compute(photograph)
        await self.board.refresh()

    async def receive(self, name: str, data: bytes) -> str | None:
        """Read a picture; return what is wrong with it."""
        try:
            self.picture = await work.compute(read_upload, name, data, read_picture)
        except Exception as error:
            return without_folder(one_line(error))
        await self.board.refresh()
        return None

    def compute(self, values: dict[str, float]) -> KernelView:
        """Return the view."""
        picture = photograph() if self.picture is None else self.picture
        return kernel_view(picture, values, self.kernel.value)

    def show(self, view: KernelView) -> None:
        """Put a view on the page."""
        named = {
            "picture": view.original,
            "edges by arithmetic": view.software,
            "edges by the array": view.hardware,
        }
        figures = (
            f'<figure><img src="{as_png(picture)}" alt="{escape(name)}">'
            f"<figcaption>{escape(name)}</figcaption></figure>"
            for name, picture in named.items()
        )
        self.pictures.set_content(f'<div class="lab-pictures">{"".join(figures)}</div>')
        self.rows.show(view.rows)
        self.repeats.show("", kernel_script(self.board.values, self.kernel.value))
