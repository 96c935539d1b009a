"""What all commands are made of."""

from __future__ import annotations

from typing import Any

import typer.core


class _FlagsAlone:
    """Options that take no value are shown with none; some versions of typer put a type there."""

    def get_params(self, ctx: Any) -> Any:
        """Return all parameters, that of ``--help`` among them."""
        parameters = super().get_params(ctx)  # type: ignore[misc]
        for parameter in parameters:
            if getattr(parameter, "is_flag", False) and parameter.metavar is None:
                parameter.metavar = ""
        return parameters


class Command(_FlagsAlone, typer.core.TyperCommand):
    """A command."""


class Group(_FlagsAlone, typer.core.TyperGroup):
    """All commands together."""
