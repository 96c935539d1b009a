"""Knobs on a page: sliders with a number, their errors beside them."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from acanthite.errors import AcanthiteError
from acanthite.lab.server import work
from acanthite.lab.views.knobs import Knob, knob_of_error, start_values

logger = logging.getLogger(__name__)


class KnobElement(Element, component="knob.js"):
    """A slider with a number and a line for its error."""

    def __init__(self, knob: Knob, turned: Callable[[str], Awaitable[None]]) -> None:
        super().__init__()
        self._props.update(
            knob=knob.name,
            label=knob.label,
            unit=knob.unit,
            low=knob.low,
            high=knob.high,
            step=knob.step,
            start=knob.start,
            logarithmic=knob.logarithmic,
            error="",
        )

        async def handle(event: GenericEventArguments) -> None:
            await turned(str(event.args))

        self.on("turn", handle)

    def show_error(self, error: str | None) -> None:
        """Show a line beside the knob, or none."""
        if self._props["error"] != (error or ""):
            self._props["error"] = error or ""
            self.update()


class Board:
    """Knobs, and what is computed anew when one is turned.

    The last setting counts: while one is computed, those before the last are left out.

    Parameters
    ----------
    knobs : sequence of Knob
    compute : callable
        From the shown values by name to a result; runs beside the server's loop.
    show : callable
        Puts a result on the page.
    """

    def __init__(
        self,
        knobs: Sequence[Knob],
        compute: Callable[[dict[str, float]], Any],
        show: Callable[[Any], None],
    ) -> None:
        self.knobs = knobs
        self.values = start_values(knobs)
        self._compute = compute
        self._show = show
        self._pending = False
        self._busy = False
        self._first = True
        self._elements: dict[str, KnobElement] = {}
        for knob in knobs:
            self._elements[knob.name] = KnobElement(knob, self._turner(knob))
        self._error = ui.label().classes("lab-error").props("role=alert")
        self._status = ui.label().classes("lab-status").props("role=status")

    def _turner(self, knob: Knob) -> Callable[[str], Awaitable[None]]:
        async def turned(text: str) -> None:
            error = knob.error(text)
            self._elements[knob.name].show_error(error)
            if error is None:
                self.values[knob.name] = float(text)
                await self.refresh()

        return turned

    async def refresh(self) -> None:
        """Compute and show what the knobs now say."""
        self._pending = True
        if self._busy:
            return
        self._busy = True
        if self._first:
            self._status.set_text("computing; the first time takes longer")
        try:
            while self._pending:
                self._pending = False
                await self._once()
        finally:
            self._busy = False
            self._first = False
            self._status.set_text("")

    async def _once(self) -> None:
        try:
            result = await work.compute(self._compute, dict(self.values))
        except Exception as error:
            self._show_error(one_line(error), knob_of_error(self.knobs, error))
            return
        self._show_error(None, None)
        self._show(result)

    def _show_error(self, text: str | None, name: str | None) -> None:
        for knob in self.knobs:
            self._elements[knob.name].show_error(text if knob.name == name else None)
        self._error.set_text("" if name else text or "")


def one_line(error: Exception) -> str:
    """Return what a person is told of an error; what is not their doing goes to the log."""
    if isinstance(error, AcanthiteError):
        return " ".join(str(error).split())
    logger.error("%s", "".join(traceback.format_exception(error)))
    return f"this is a fault of acanthite ({type(error).__name__}); the terminal says more"
