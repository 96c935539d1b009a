"""A fully connected layer on a tile."""

from __future__ import annotations

from torch import Tensor

from acanthite.crossbar import Wires
from acanthite.errors import TrainingError
from acanthite.nn.algorithms.base import Algorithm
from acanthite.nn.engine.periphery import Periphery
from acanthite.synapse.base import Synapse
from acanthite.torch.layer import AnalogLayer


class AnalogLinear(AnalogLayer):
    """``torch.nn.Linear`` on a tile.

    Parameters
    ----------
    in_features, out_features : int
    bias : bool
        Digital.
    synapse : Synapse, optional
        The device, from :func:`acanthite.synapse.fit` or a law; ``"ideal"`` and ``"floating"`` do
        without.
    algorithm : str or Algorithm
    periphery : Periphery, optional
        Converters, noise and bounds of the reads; exact without.
    seed : int, optional
        Key of the devices and of all random numbers; drawn from torch's generator without.
    wires : Wires, optional
        Resistances of the tile's lines; ideal without.

    Raises
    ------
    TrainingError
        If a width makes no sense, or the algorithm needs a device and there is none.

    Examples
    --------
    >>> import torch
    >>> from acanthite.constants import uS
    >>> device = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.1, conductance_min=0.0, conductance_max=2 * uS
    ... )
    >>> layer = ac.torch.AnalogLinear(4, 2, synapse=device, algorithm="sgd", seed=1)
    >>> tuple(layer(torch.ones(3, 4)).shape)
    (3, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        synapse: Synapse | None = None,
        algorithm: str | Algorithm = "ttv2",
        periphery: Periphery | None = None,
        seed: int | None = None,
        wires: Wires | None = None,
    ) -> None:
        self.in_features = in_features
        self.out_features = out_features
        shape = (out_features, in_features)
        super().__init__(
            in_features, out_features, shape, bias, synapse, algorithm, periphery, seed, wires
        )

    def forward(self, x: Tensor, samples: int | None = None) -> Tensor:
        """Return the outputs for inputs of shape (..., in_features).

        Parameters
        ----------
        x : Tensor of float32
        samples : int, optional
            How many samples the inputs come from; without, as many as the first of several
            dimensions has.
        """
        if x.is_nested:
            raise TrainingError(
                f"{type(self).__name__}: input is a nested tensor; pass a padded one, as of "
                "x.to_padded_tensor(0.0)"
            )
        self.check(x, self.in_features, -1)
        if samples is None:
            samples = len(x) if x.dim() > 1 else 1
        if x.dim() == 2:
            return self.read(x, samples)
        y = self.read(x.reshape(-1, self.in_features), samples)
        return y.view(*x.shape[:-1], self.out_features)
