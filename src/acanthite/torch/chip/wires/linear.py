"""A linear layer on an array of exact cells, trained through the array's wires."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from acanthite.arguments import count, instance
from acanthite.errors import ChipError
from acanthite.inference import Chip
from acanthite.torch.chip.wires.weight import wired_weight


class WiredLinear(nn.Linear):
    """A linear layer as the wires of its arrays let it be seen, and trained through them.

    Cells hold their targets exactly, converters are left out; what is left is the voltage that
    lines take. Forward and backward are exact: a solve of each array each way. Its weights are
    what the cells are written for, so a trained layer goes onto a chip as any linear layer does.

    Parameters
    ----------
    in_features, out_features : int
    chip : Chip
        With wires; its mapping, window and array size are used.
    bias : bool
        Digital.
    device, dtype
        Of torch's layer; single precision is computed in double.

    Raises
    ------
    ChipError
        If the chip has no wires, or a mapping without derivatives.

    Examples
    --------
    >>> import torch
    >>> wires = ac.crossbar.Wires(word_line_resistance=5.0, bit_line_resistance=5.0)
    >>> chip = ac.inference.Chip(cells="ideal", wires=wires)
    >>> layer = ac.torch.WiredLinear(32, 8, chip)
    >>> x = torch.rand(4, 32)
    >>> loss = (layer(x) - torch.nn.functional.linear(x, layer.weight, layer.bias)).norm()
    >>> loss.backward()
    >>> bool(loss > 0), layer.weight.grad.shape
    (True, torch.Size([8, 32]))
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        chip: Chip,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        count("WiredLinear: in_features", in_features, error=ChipError)
        count("WiredLinear: out_features", out_features, error=ChipError)
        super().__init__(in_features, out_features, bias, device, dtype)
        self.chip = instance("WiredLinear: chip", chip, Chip, "a Chip", error=ChipError)
        with torch.no_grad():
            wired_weight(self.weight[:1, :1], chip)  # refuses what cannot be

    def forward(self, x: Tensor) -> Tensor:
        """Return W x + b, W as the wires let it be seen; x of shape (..., in_features)."""
        return nn.functional.linear(x, wired_weight(self.weight, self.chip), self.bias)
