"""``acanthite parameters``: the Ag2S set with its sources."""

from __future__ import annotations

from typing import Annotated

import typer

from acanthite.commands.options import Over, chosen_parameters

_HELP = "Print a TOML file to edit and give to 'reproduce --parameters'."
Template = Annotated[bool, typer.Option("--template", help=_HELP)]


def parameters(template: Template = False, file: Over = None) -> None:
    """Print the Ag2S parameter set: value, unit, how it was obtained, source and place."""
    from acanthite.console import print_parameters
    from acanthite.parameters import template as as_template

    chosen = chosen_parameters(file)
    if template:
        typer.echo(as_template(chosen), nl=False)
    else:
        print_parameters(chosen)
