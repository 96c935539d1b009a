"""The frame of every page: head, navigation, look, knobs on one side and views on the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path

from nicegui import ui

from acanthite.drawing.style import BLUE
from acanthite.lab.views.curves import Row

PAGES = {
    "/": "Device",
    "/file": "Measured file",
    "/array": "Array",
    "/network": "Network",
    "/chip": "Chip",
}
"""Pages by path."""

_STYLE = Path(__file__).with_name("style.css")


@contextmanager
def frame(path: str, about: str) -> Iterator[None]:
    """Lay out a page; what is built inside stands below its heading.

    Parameters
    ----------
    path : str
        Of the page.
    about : str
        One sentence about what is to be seen.
    """
    ui.add_css(_STYLE.read_text(encoding="utf-8"))
    ui.colors(primary=BLUE)
    ui.page_title(f"{PAGES[path]} - acanthite lab")
    with ui.element("header").classes("lab-head"):
        ui.label("acanthite lab").classes("lab-name")
        with ui.element("nav").props("aria-label=Pages"):
            for target, name in PAGES.items():
                link = ui.link(name, target)
                if target == path:
                    link.props("aria-current=page")
    with ui.element("main").classes("lab-main"):
        ui.html(f"<h1>{escape(PAGES[path])}</h1>", sanitize=False)
        ui.label(about).classes("lab-about")
        yield


@contextmanager
def columns() -> Iterator[tuple[ui.element, ui.element]]:
    """Yield where the knobs go and where the views go."""
    with ui.element("div").classes("lab-columns"):
        knobs = ui.element("section").classes("lab-knobs").props("aria-label=Knobs")
        views = ui.element("section").classes("lab-views").props("aria-label=Views")
        yield knobs, views


@contextmanager
def panel(wide: bool = False) -> Iterator[None]:
    """Put one view into a panel, as wide as all of them together where asked for."""
    with ui.element("div").classes("lab-panel lab-wide" if wide else "lab-panel"):
        yield


class RowTable:
    """Rows of names and values."""

    def __init__(self, title: str) -> None:
        ui.label(title).classes("lab-title")
        self._html = ui.html("", sanitize=False).classes("lab-table")

    def show(self, rows: Sequence[Row]) -> None:
        """Show rows in place of those before."""
        lines = (
            f"<tr><th scope=row>{escape(row.label)}</th><td>{escape(row.value)}</td>"
            f"<td class=lab-basis>{escape(row.basis)}</td></tr>"
            for row in rows
        )
        self._html.set_content(f"<table>{''.join(lines)}</table>")
