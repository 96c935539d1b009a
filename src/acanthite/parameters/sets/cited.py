"""How a file of numbers writes its quantities: one function for each source and way of knowing."""

from __future__ import annotations

from collections.abc import Callable

from acanthite.parameters.quantity import How, Quantity


def cited(source: str, how: How) -> Callable[..., Quantity]:
    """Return a function of value, unit, place in the source and, where known, uncertainty.

    Examples
    --------
    >>> measured = cited("Frueh1958", "measured")
    >>> measured(4.23e-10, "m", "cell").source
    'Frueh1958'
    """

    def quantity(value: float, unit: str, where: str, std: float | None = None) -> Quantity:
        return Quantity(value, unit, source, where, how, std)

    return quantity


assumed = cited("acanthite", "assumed")
fitted = cited("acanthite", "fitted")
