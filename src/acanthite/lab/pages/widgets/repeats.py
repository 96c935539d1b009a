"""What repeats a view outside the page: the parameters to save, a command, lines of Python."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from acanthite.lab.views.repeat import FILE_NAME


class Repeats:
    """A panel that follows the view.

    Parameters
    ----------
    toml : callable, optional
        Returns the parameter file of the view; without it there is none to save.
    """

    def __init__(self, toml: Callable[[], str] | None = None) -> None:
        ui.label("Repeat this view").classes("lab-title")
        if toml is not None:
            ui.button(
                f"save the parameters as {FILE_NAME}",
                on_click=lambda: ui.download.content(toml(), FILE_NAME, "application/toml"),
            ).props("no-caps outline")
        self._command = _text("command")
        self._script = _text("Python")
        self.show("", "")

    def show(self, command: str, script: str) -> None:
        """Show what repeats the view as it is now; nothing for what there is not."""
        for label, text in ((self._command, command), (self._script, script)):
            label.set_text(text)
            label.set_visibility(bool(text))


def _text(name: str) -> ui.label:
    label = ui.label().classes("lab-code")
    return label.props(f'tabindex=0 role=region aria-label="{name}"')
