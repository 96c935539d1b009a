"""A torch model with its matrices on a chip."""

from __future__ import annotations

import copy
from collections.abc import Collection
from typing import Any

import torch
from torch import nn

from acanthite.arguments import count, instance, number
from acanthite.errors import ChipError
from acanthite.inference import Chip
from acanthite.quantities import accepts_quantities
from acanthite.torch.chip.conversion import calibrate, converted, copied
from acanthite.torch.chip.layers import products_of
from acanthite.torch.chip.product import first_time
from acanthite.torch.chip.training.model import HardwareAwareModel
from acanthite.torch.chip.weights import Weights

_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


class ChipModel(nn.Module):
    """A trained model on a chip: called as the model is, at a time after it was written.

    Made by :func:`to_inference`.

    Parameters
    ----------
    module : torch.nn.Module
        The model, its matrices on the chip.
    chip : Chip
    digital : tuple of str
        Names of matrices that are not on the chip.

    Examples
    --------
    >>> import torch
    >>> plain = torch.nn.Sequential(
    ...     torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 4)
    ... )
    >>> inputs = torch.rand(64, 8, generator=torch.Generator().manual_seed(1))
    >>> model = ac.torch.to_inference(plain, ac.inference.Chip(cells="pcm"), inputs, seed=1)
    >>> outputs = {time: model.at(time)(inputs) for time in (0.0, 3600.0)}
    >>> bool((outputs[3600.0] - plain(inputs)).std() > (outputs[0.0] - plain(inputs)).std())
    True
    """

    def __init__(self, module: nn.Module, chip: Chip, digital: tuple[str, ...]) -> None:
        super().__init__()
        self.module = module
        self.chip = chip
        self.digital = digital
        norms = [part for part in module.modules() if isinstance(part, _BATCH_NORMS)]
        self._norms = [
            (norm, copy.deepcopy(norm.state_dict())) for norm in norms if norm.track_running_stats
        ]
        self.time = first_time(chip)
        self.at(self.time)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the model returns."""
        return self.module(*args, **kwargs)

    @accepts_quantities
    def at(self, time: float, draw: int = 0) -> ChipModel:
        """Go to a time, and return the model itself.

        Parameters
        ----------
        time : float
            After programming. [s]
        draw : int
            Which of many repetitions: each has noise of its own.

        Returns
        -------
        ChipModel

        Raises
        ------
        CellError
            If the cells' model says nothing about that time.
        """
        self.time = number("at: time", time, least=0, error=ChipError)
        for norm, trained in self._norms:
            norm.load_state_dict(trained)
        for product in products_of(self.module):
            product.set_time(self.time, count("at: draw", draw, least=0, error=ChipError))
        return self

    def calibrate(self, *args: Any, **kwargs: Any) -> ChipModel:
        """Set the ranges of all converters by what typical inputs give; return the model itself.

        Parameters
        ----------
        *args, **kwargs
            As the model is called: not the inputs it is judged by.

        Raises
        ------
        ChipError
            If a layer gets no input by them, or only zeros.
        """
        calibrate(self.module, products_of(self.module), *args, **kwargs)
        return self

    def renew_batch_norm(self, *args: Any, **kwargs: Any) -> ChipModel:
        """Take the statistics of batch norms from typical inputs now; return the model itself.

        What drift and errors of cells do to the mean and the spread of a layer's outputs is undone
        so, as far as a batch norm comes behind it. The statistics are those of this time and draw:
        :meth:`at` brings those of the training back.

        Parameters
        ----------
        *args, **kwargs
            As the model is called: many inputs at once, and not those it is judged by.

        Raises
        ------
        ChipError
            If the model has no batch norm that keeps statistics.

        Examples
        --------
        >>> import torch
        >>> _ = torch.manual_seed(1)
        >>> plain = torch.nn.Sequential(
        ...     torch.nn.Linear(64, 64), torch.nn.BatchNorm1d(64), torch.nn.ReLU()
        ... )
        >>> inputs = torch.rand(256, 64)
        >>> for _ in range(50):
        ...     _ = plain.train()(inputs)
        >>> digital = plain.eval()(inputs)
        >>> model = ac.torch.to_inference(plain, ac.inference.Chip(cells="pcm"), inputs)
        >>> aged = (model.at(86400.0)(inputs) - digital).std()
        >>> renewed = (model.renew_batch_norm(inputs)(inputs) - digital).std()
        >>> bool(renewed < 0.5 * aged)
        True
        """
        if not self._norms:
            raise ChipError("renew_batch_norm: the model has no batch norm that keeps statistics")
        momenta = [norm.momentum for norm, _ in self._norms]
        for norm, _ in self._norms:
            norm.reset_running_stats()
            norm.momentum = None  # the plain mean of all that comes
            norm.train()
        try:
            with torch.no_grad():
                self.module(*args, **kwargs)
        finally:
            for (norm, _), momentum in zip(self._norms, momenta, strict=True):
                norm.momentum = momentum
                norm.eval()
        return self


def to_inference(
    model: nn.Module,
    chip: Chip,
    calibration: Any = None,
    *,
    digital: Collection[str] = (),
    seed: int = 1,
) -> ChipModel:
    """Write a trained model onto a chip.

    Linear layers, convolutions in one to three dimensions with groups and dilation, RNN, LSTM and
    GRU (cells and layers, both ways, projections, packed sequences) and attention go onto the chip;
    norms, embeddings and activations stay digital, and so do biases unless the chip has rows for
    them. One weight in several layers is written once.

    Parameters
    ----------
    model : torch.nn.Module
        Trained; not changed. Of a :class:`HardwareAwareModel` the trained weights are written, with
        the input ranges it learnt; on the chip it was trained for it needs no calibration.
    chip : Chip
    calibration : Tensor or tuple, optional
        Typical inputs, as the model is called, by which converters are set; else
        :meth:`ChipModel.calibrate` is called before the model is.
    digital : collection of str
        Names, as of ``model.named_modules()``, of modules to leave as they are, with all below them.
    seed : int
        Of the cells.

    Returns
    -------
    ChipModel
        In evaluation mode, right after programming.

    Raises
    ------
    ChipError
        If nothing of the model can be put on the chip, a name of ``digital`` is none, or weights
        are not finite numbers on the CPU.

    Warns
    -----
    ConversionWarning
        Of matrices that stay digital without being named.

    Examples
    --------
    >>> import torch
    >>> plain = torch.nn.Sequential(
    ...     torch.nn.Conv2d(1, 4, 3), torch.nn.Flatten(), torch.nn.LazyLinear(2)
    ... )
    >>> images = torch.rand(16, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    >>> digital = plain(images)
    >>> chip = ac.inference.Chip(cells="ideal")
    >>> model = ac.torch.to_inference(plain, chip, images)
    >>> error = (model(images) - digital).std() / digital.std()
    >>> bool(error < 0.1)  # of eight bits in and out
    True
    """
    instance("to_inference: model", model, nn.Module, "a torch.nn.Module", error=ChipError)
    instance("to_inference: chip", chip, Chip, "a Chip", error=ChipError)
    key = count("to_inference: seed", seed, least=0, error=ChipError)
    if isinstance(model, HardwareAwareModel):
        if digital:
            raise ChipError("digital: a hardware-aware model has its digital layers already")
        if bool(chip.bias_rows) != bool(model.chip.bias_rows):
            raise ChipError(
                f"Chip: bias_rows = {chip.bias_rows}; the model was trained for a chip with "
                f"bias_rows = {model.chip.bias_rows}: its biases stay where they are"
            )
        module = copied(model.module, model.written(chip, key))
        left = model.digital
    else:
        module, left = converted(model, Weights(chip, key, {}), digital)
    on_chip = ChipModel(module.requires_grad_(False), chip, left).eval()
    if calibration is None:
        return on_chip
    inputs = calibration if isinstance(calibration, tuple) else (calibration,)
    return on_chip.calibrate(*inputs)
