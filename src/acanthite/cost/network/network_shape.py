"""A network as a chip sees it: its layers in order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from acanthite.cost.network.layer_shape import LayerShape, check_activity
from acanthite.display import Display
from acanthite.errors import ChipError


@dataclass(frozen=True)
class NetworkShape(Display):
    """The layers of a network.

    Parameters
    ----------
    name : str
    layers : tuple of LayerShape

    Raises
    ------
    ChipError
        If there are none, two have one name, or none has a matrix.

    Examples
    --------
    >>> network = ac.cost.NetworkShape(
    ...     "mine", (ac.cost.LayerShape(name="fc", inputs=4, outputs=2),)
    ... )
    >>> network.macs
    8
    """

    name: str
    layers: tuple[LayerShape, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        names = [layer.name for layer in self.layers]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ChipError(f"network {self.name!r}: two layers are called {twice[0]!r}")
        if not any(layer.on_tiles for layer in self.layers):
            raise ChipError(f"network {self.name!r}: no layer has a matrix; expected at least one")

    @property
    def macs(self) -> int:
        """Multiplications and additions an inference."""
        return sum(layer.macs for layer in self.layers)

    @property
    def weights(self) -> int:
        """Weights on tiles."""
        return sum(layer.inputs * layer.outputs for layer in self.layers)

    def with_activity(self, activity: float) -> NetworkShape:
        """Return the network with one activity for all layers.

        Raises
        ------
        ChipError
            If it is not above 0 and at most 1.
        """
        check_activity("activity", activity)
        return NetworkShape(
            self.name, tuple(replace(layer, activity=activity) for layer in self.layers)
        )
