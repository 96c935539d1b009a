"""``acanthite claims``: the ledger."""

from __future__ import annotations

from typing import Annotated

import typer

Figures = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FIG]...", help="Only the claims of these figures.", show_default="all"
    ),
]


def claims(figure: Figures = None) -> None:
    """Print the ledger: every published number and how acanthite stands to it."""
    from acanthite.console import print_claims

    print_claims(figure)
