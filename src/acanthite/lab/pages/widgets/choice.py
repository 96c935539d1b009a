"""A choice of one of several, with a label."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui.element import Element
from nicegui.events import GenericEventArguments


class Choice(Element, component="choice.js"):
    """One of several; the first to begin with.

    Parameters
    ----------
    name, label : str
        For programs and for readers.
    names : sequence of str
    chosen : callable, optional
        Called once another is chosen.
    """

    def __init__(
        self,
        name: str,
        label: str,
        names: Sequence[str],
        chosen: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__()
        self.value = names[0]
        self._props.update(choice=name, label=label, names=list(names))

        async def handle(event: GenericEventArguments) -> None:
            if event.args in names:
                self.value = str(event.args)
                if chosen is not None:
                    await chosen()

        self.on("choose", handle)
