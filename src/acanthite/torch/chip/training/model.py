"""A model in training for a chip: noise and converters forward, gradients of the digital model."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from acanthite.arguments import count, instance, number
from acanthite.errors import ChipError
from acanthite.inference import Chip
from acanthite.random import generator
from acanthite.torch.chip.conversion import calibrate, converted
from acanthite.torch.chip.layers import products_of
from acanthite.torch.chip.training.noise import CellNoise, WeightNoise
from acanthite.torch.chip.training.weights import TrainingWeights


class HardwareAwareModel(nn.Module):
    """A model in training for a chip: called as the model is, trained by any optimizer of torch.

    Made by :func:`to_hardware_aware`. In training mode each call is one of fresh cells: weights are
    written with the errors of the chip's cells, inputs and currents go through its converters.
    Gradients are those of the weights themselves, as if none of that were there. In evaluation mode
    the model is the digital one.

    Parameters
    ----------
    module : torch.nn.Module
        The model, its products those of a chip.
    chip : Chip
    digital : tuple of str
        Names of matrices that are not on the chip.
    ramp : int
        Batches over which the noise of weights and reads grows to its full strength.

    Examples
    --------
    >>> import torch
    >>> _ = torch.manual_seed(1)
    >>> plain = torch.nn.Sequential(
    ...     torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 4)
    ... )
    >>> inputs, labels = torch.rand(64, 8), torch.randint(0, 4, (64,))
    >>> chip = ac.inference.Chip(cells="pcm")
    >>> model = ac.torch.to_hardware_aware(plain, chip, inputs)
    >>> optimizer = torch.optim.Adam(model.parameters())
    >>> for _ in range(3):
    ...     optimizer.zero_grad()
    ...     torch.nn.functional.cross_entropy(model(inputs), labels).backward()
    ...     optimizer.step()
    >>> on_chip = ac.torch.to_inference(model, chip).at(3600.0)
    >>> on_chip(inputs).shape
    torch.Size([64, 4])
    """

    batches: Tensor

    def __init__(
        self, module: nn.Module, chip: Chip, digital: tuple[str, ...], ramp: int = 0
    ) -> None:
        super().__init__()
        self.module = module
        self.chip = chip
        self.digital = digital
        self.ramp = count("ramp", ramp, least=0, error=ChipError)
        self.register_buffer("batches", torch.zeros((), dtype=torch.int64))
        self._held = False
        self._versions: list[int] = []  # of parameters that are within their bounds

    @property
    def strength(self) -> float:
        """Share of their full strength that weights' noise and reads' noise have now. [1]"""
        return min(1.0, (int(self.batches) + 1) / self.ramp) if self.ramp else 1.0

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the model returns: by fresh cells in training, digitally in evaluation."""
        if self.training:
            self._renew()
        return self.module(*args, **kwargs)

    def _renew(self) -> None:
        self.project()
        for product in products_of(self.module):
            product.renew(int(self.batches), self.strength, follow=not self._held)
        if not self._held:
            self.batches += 1

    def project(self) -> HardwareAwareModel:
        """Bring weights back within their bounds, as each call in training does; return itself."""
        versions = [parameter._version for parameter in self.module.parameters()]
        if versions != self._versions:  # else they would be brought back again for nothing
            for product in products_of(self.module):
                product.project()
            self._versions = [parameter._version for parameter in self.module.parameters()]
        return self

    @contextmanager
    def same_cells(self) -> Iterator[None]:
        """Let all calls within draw the same numbers: for optimizers that call a model many times.

        Examples
        --------
        >>> import torch
        >>> plain = torch.nn.Linear(4, 2)
        >>> inputs = torch.rand(8, 4)
        >>> model = ac.torch.to_hardware_aware(plain, ac.inference.Chip(cells="pcm"), inputs)
        >>> with model.same_cells():
        ...     bool((model(inputs) == model(inputs)).all())
        True
        """
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self.batches += 1

    def calibrate(self, *args: Any, **kwargs: Any) -> HardwareAwareModel:
        """Set the ranges of all converters by what typical inputs give; return the model itself.

        Training goes on from these ranges: those of inputs are learnt, those of currents follow the
        batches.

        Raises
        ------
        ChipError
            If a layer gets no input by them, or only zeros.
        """
        training = self.training
        self.eval()
        try:
            calibrate(self.module, products_of(self.module), *args, **kwargs)
        finally:
            self.train(training)
        return self

    def written(self, chip: Chip, seed: int) -> dict[int, Any]:
        """Return what each product becomes on a chip, by the product's id."""
        self.project()
        memo: dict[int, Any] = {}
        for k, product in enumerate(products_of(self.module)):
            rng = generator(seed, "torch.chip.weight", k)
            memo[id(product)] = product.written(chip, int(rng.integers(2**53)))
        return memo


def to_hardware_aware(
    model: nn.Module,
    chip: Chip,
    calibration: Any = None,
    *,
    noise: WeightNoise | None = None,
    clip: float | None = 2.5,
    learn_ranges: bool = True,
    ramp: int = 0,
    digital: Collection[str] = (),
    seed: int = 1,
) -> HardwareAwareModel:
    """Return a copy of a model that is trained, or trained further, for a chip.

    The layers are those of :func:`~acanthite.torch.to_inference`. Any optimizer of torch trains it:
    its parameters are the digital weights, of which each call in training writes fresh cells.

    Parameters
    ----------
    model : torch.nn.Module
        Not changed.
    chip : Chip
        With ``wires``, gradients go through the wires.
    calibration : Tensor or tuple, optional
        Typical inputs, as the model is called, by which converters are set at first; else
        :meth:`HardwareAwareModel.calibrate` is called before the model is.
    noise : WeightNoise, optional
        Of the weights; without it what the chip's own cells do, right after programming.
    clip : float or None
        Weights beyond so many standard deviations of their layer are brought back to it before
        each call, whichever optimizer took them there; the largest takes the largest conductance.
        [1]
    learn_ranges : bool
        Whether the input range of each layer is a parameter.
    ramp : int
        Batches over which the noise grows to its full strength.
    digital : collection of str
        Names, as of ``model.named_modules()``, of modules to leave as they are, with all below them.
    seed : int
        Of the noise.

    Returns
    -------
    HardwareAwareModel

    Raises
    ------
    ChipError
        If nothing of the model can be put on the chip, a name of ``digital`` is none, weights are
        not finite numbers on the CPU, or an option is none.

    Warns
    -----
    ConversionWarning
        Of matrices that stay digital without being named.

    Examples
    --------
    >>> import torch
    >>> plain = torch.nn.Linear(8, 4)
    >>> inputs = torch.rand(16, 8)
    >>> model = ac.torch.to_hardware_aware(
    ...     plain,
    ...     ac.inference.Chip(cells="pcm"),
    ...     inputs,
    ...     noise=ac.torch.CellNoise(earliest=1.0, latest=86400.0),
    ...     ramp=100,
    ... )
    >>> sorted(name for name, _ in model.named_parameters())
    ['module.bias', 'module.product.log_range', 'module.product.parameter']
    """
    name = "to_hardware_aware"
    instance(f"{name}: model", model, nn.Module, "a torch.nn.Module", error=ChipError)
    instance(f"{name}: chip", chip, Chip, "a Chip", error=ChipError)
    kind = CellNoise() if noise is None else noise
    instance(f"{name}: noise", kind, WeightNoise, "a WeightNoise", error=ChipError)
    if clip is not None:
        number(f"{name}: clip", clip, above=0, error=ChipError)
    key = count(f"{name}: seed", seed, least=0, error=ChipError)
    weights = TrainingWeights(chip, key, {}, kind, clip, learn_ranges)
    module, left = converted(model, weights, digital)
    trained = HardwareAwareModel(module, chip, left, ramp).train(model.training)
    if calibration is None:
        return trained
    inputs = calibration if isinstance(calibration, tuple) else (calibration,)
    return trained.calibrate(*inputs)
