"""The losses of torch that compiled steps know: what they take, and their kernels."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from acanthite.arguments import instance
from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.engine.native.options import INLINED, INNER, ONE

CROSS_ENTROPY, LOG_LIKELIHOOD, SQUARES = range(3)


class Targets(NamedTuple):
    """What outputs are to be, and the loss they are judged by, as the kernels take it."""

    kind: int
    mean: bool  # over the rows, of squares over all outputs; else summed
    labels: np.ndarray  # int64, shape (n,), or (0,)
    values: np.ndarray  # float32, shape (n, n_out), or (0, 0)


KINDS: dict[type[nn.Module], int] = {
    nn.CrossEntropyLoss: CROSS_ENTROPY,
    nn.NLLLoss: LOG_LIKELIHOOD,
    nn.MSELoss: SQUARES,
}
"""How each loss is computed."""


def checked_targets(loss: nn.Module, targets: Tensor, shape: tuple[int, int]) -> Targets:
    """Return targets for the kernels.

    Parameters
    ----------
    loss : torch.nn.Module
    targets : Tensor
        Classes, or the numbers that outputs are to be.
    shape : tuple of int
        Of the outputs.

    Raises
    ------
    TrainingError
        If the loss is of another kind, or targets do not fit it.
    """
    instance("train_steps: targets", targets, Tensor, "a tensor", error=TrainingError)
    kind = KINDS.get(type(loss))
    if kind is None:
        names = ", ".join(f"nn.{known.__name__}" for known in KINDS)
        raise TrainingError(
            f"train_steps: loss is {type(loss).__name__}; expected one of {names}, or use an "
            "ordinary loop of torch"
        )
    for name, plain in (("weight", None), ("label_smoothing", 0.0), ("ignore_index", -100)):
        if getattr(loss, name, plain) is not plain and getattr(loss, name) != plain:
            raise TrainingError(
                f"train_steps: {type(loss).__name__} with {name} = {getattr(loss, name)}; leave it "
                "out, or use an ordinary loop of torch"
            )
    reduction: Any = loss.reduction
    if reduction not in ("sum", "mean"):
        raise TrainingError(f"train_steps: reduction = {reduction!r}; expected 'sum' or 'mean'")
    if kind == SQUARES:
        values = _values(targets, shape)
        return Targets(kind, reduction == "mean", np.zeros(0, np.int64), values)
    labels = _labels(targets, shape)
    return Targets(kind, reduction == "mean", labels, np.zeros((0, 0), np.float32))


def _labels(targets: Tensor, shape: tuple[int, int]) -> np.ndarray:
    n, n_classes = shape
    if targets.dtype != torch.int64 or tuple(targets.shape) != (n,):
        raise TrainingError(
            f"train_steps: targets are {targets.dtype} of shape {tuple(targets.shape)}; expected "
            f"classes, torch.int64 of shape ({n},)"
        )
    labels = targets.detach().contiguous().numpy()
    if n and not 0 <= labels.min() <= labels.max() < n_classes:
        raise TrainingError(
            f"train_steps: targets go from {labels.min()} to {labels.max()}; expected classes "
            f"from 0 to {n_classes - 1}"
        )
    return labels


def _values(targets: Tensor, shape: tuple[int, int]) -> np.ndarray:
    if targets.dtype != torch.float32 or tuple(targets.shape) != shape:
        raise TrainingError(
            f"train_steps: targets are {targets.dtype} of shape {tuple(targets.shape)}; expected "
            f"torch.float32 of shape {shape}"
        )
    return targets.detach().contiguous().numpy()


@njit(**INNER)
def loss_of_rows(outputs, targets, first, n, errors):
    """Fill the errors of ``n`` rows of outputs; return their loss.

    With the log-likelihood, outputs become logarithms of probabilities.

    Parameters
    ----------
    outputs : ndarray of float32, shape (n, n_out)
    targets : Targets
    first : int
        The first row's place among the targets.
    n : int
    errors : ndarray of float32, shape (n, n_out)
        Filled with the slope of the loss against the outputs; with the log-likelihood, against what
        the softmax is of.
    """
    total = 0.0
    n_out = errors.shape[1]
    terms = n * n_out if targets.kind == SQUARES else n
    scale = ONE / np.float32(terms) if targets.mean else ONE
    for s in range(n):
        if targets.kind == SQUARES:
            wanted = targets.values[first + s]
            for i in range(n_out):
                difference = outputs[s, i] - wanted[i]
                total += difference * difference
                errors[s, i] = np.float32(2.0) * difference
        else:
            total += _entropy(outputs[s], targets.labels[first + s], targets.kind, errors[s])
        for i in range(n_out):
            errors[s, i] *= scale
    return total * scale


@njit(**INLINED)
def _entropy(z, label, kind, error):
    """Fill the errors of a row with the probabilities less the label; return the cross-entropy."""
    top = z[0]
    for i in range(error.shape[0]):
        top = max(top, z[i])
    total = np.float32(0.0)
    for i in range(error.shape[0]):
        error[i] = np.exp(z[i] - top)
        total += error[i]
    log_total = top + np.log(total)
    for i in range(error.shape[0]):
        error[i] /= total
    error[label] -= ONE
    loss = log_total - z[label]
    if kind == LOG_LIKELIHOOD:
        for i in range(error.shape[0]):
            z[i] -= log_total
    return loss
