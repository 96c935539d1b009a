"""The page of a measured file, with the twin beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

from acanthite.lab.pages.widgets.charts import Axis, LineChart
from acanthite.lab.pages.widgets.frame import RowTable, columns, frame, panel
from acanthite.lab.pages.widgets.knobs import Board, one_line
from acanthite.lab.pages.widgets.repeats import Repeats
from acanthite.lab.pages.widgets.upload import UploadElement
from acanthite.lab.server import work
from acanthite.lab.server.uploads import read_upload, safe_name, without_folder
from acanthite.lab.views.file import (
    FILE_KNOBS,
    FileView,
    file_command,
    file_script,
    file_view,
    read_recordings,
)
from acanthite.lab.views.knobs import parameters_of
from acanthite.lab.views.repeat import as_toml

if TYPE_CHECKING:
    import xarray as xr

_ABOUT = "Drop a file of your lab: a sweep or a pulse response is drawn with the twin beside it."


def register() -> None:
    """Tell the server of this page."""
    ui.page("/file")(page)


class _FilePage:
    """What one tab has loaded."""

    def __init__(self) -> None:
        self.name = ""
        self.recording: xr.Dataset | None = None

    def build(self) -> None:
        """Lay the page out."""
        with frame("/file", _ABOUT), columns() as (knobs, views):
            with views, panel():
                self.sweep = ui.element("div")
                with self.sweep:
                    self.loops = LineChart(
                        "Current against voltage",
                        Axis("voltage", "V"),
                        Axis("|current|", "A", True),
                    )
                self.pulses = ui.element("div")
                with self.pulses:
                    self.levels = LineChart(
                        "Conductance after each pulse, over the largest",
                        Axis("pulse"),
                        Axis("conductance, share of the largest", "%"),
                        points=True,
                    )
                self.pulses.set_visibility(False)
                self.note = ui.label("No file yet.").classes("lab-about")
            with views, panel():
                self.rows = RowTable("The file")
            with views, panel(wide=True):
                self.repeats = Repeats(lambda: as_toml(parameters_of(FILE_KNOBS, board.values)))
            with knobs:
                UploadElement("Lab file", "", self.receive)
                board = self.board = Board(FILE_KNOBS, self.compute, self.show)

    async def receive(self, name: str, data: bytes) -> str | None:
        """Read a file; return what is wrong with it."""
        try:
            recordings = await work.compute(read_upload, name, data, read_recordings)
        except Exception as error:
            return without_folder(one_line(error))
        self.name = safe_name(name)
        self.recording = recordings[0]
        await self.board.refresh()
        return None

    def compute(self, values: dict[str, float]) -> FileView | None:
        """Return the view, None before there is a file."""
        return None if self.recording is None else file_view(self.recording, values)

    def show(self, view: FileView | None) -> None:
        """Put a view on the page."""
        if view is None:
            return
        self.sweep.set_visibility(view.kind == "sweep")
        self.pulses.set_visibility(view.kind == "pulses")
        chart = self.levels if view.kind == "pulses" else self.loops
        chart.show(view.curves)
        self.rows.show(view.rows)
        self.note.set_text(view.note)
        self.repeats.show(file_command(self.name), file_script(self.name, self.board.values))


async def page() -> None:
    """Build the page for one tab."""
    _FilePage().build()
