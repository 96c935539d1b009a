"""``acanthite claims``: the ledger."""

from __future__ import annotations

from acanthite.commands.options import FigureNames


def claims(figure: FigureNames = None) -> None:
    """Print the ledger: every published number and how acanthite stands to it."""
    from acanthite.console import print_claims

    print_claims(figure)
