"""The torch network of a name, its weights trained here or read from a file."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from acanthite.errors import ChipError, TrainingError, nearest
from acanthite.nn.array_types import Bytes
from acanthite.nn.data.datasets import Dataset
from acanthite.nn.engine.network import Network
from acanthite.nn.training.networks import NETWORKS, network_named
from acanthite.random import generator
from acanthite.torch.inference.resnet import ResNet

RESNET20 = "resnet20"
NAMES = (*NETWORKS, RESNET20)
"""Networks that have a name."""

_LEAST_SIDE = 8  # pixels of an image that is halved twice
_ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
_BATCH = 64
_AT_ONCE = 1000
_UPDATES = 3000  # of a training whose epochs are not given
_RATE = 1e-3


def build(name: str, dataset: Dataset) -> nn.Module:
    """Return an untrained network of a name, as a data set needs it.

    Raises
    ------
    TrainingError
        If there is none of that name, or it does not fit the images.
    """
    if name == RESNET20:
        return _residual(dataset)
    if name not in NAMES and not name.replace("-", "").isdigit():
        raise TrainingError(
            f"network = {name!r}; expected one of {', '.join(NAMES)}, or widths such as "
            f"784-256-128-10{nearest(name, NAMES)}"
        )
    network = network_named(name, dataset)
    pixels = dataset.images.shape[1]
    if network.widths[0] != pixels or network.widths[-1] < dataset.n_classes:
        raise TrainingError(
            f"network {name!r} has {network.widths[0]} inputs and {network.widths[-1]} outputs; "
            f"data set {dataset.name!r} has {pixels} pixels and {dataset.n_classes} classes"
        )
    layers = list(_convolutions(network))
    if layers:
        with torch.no_grad():
            height, width, channels = dataset.image_shape
            first = nn.Sequential(*layers)(torch.zeros(1, channels, height, width)).shape[1]
    else:
        first = pixels
    widths = (first, *network.widths[1:])
    for n_in, n_out in pairwise(widths):
        layers += [nn.Linear(n_in, n_out), _ACTIVATIONS[network.activation]()]
    return nn.Sequential(*layers[:-1])


def _residual(dataset: Dataset) -> ResNet:
    height, width, channels = dataset.image_shape
    if min(height, width) < _LEAST_SIDE:
        raise TrainingError(
            f"network {RESNET20!r}: images of {height} x {width} pixels in data set "
            f"{dataset.name!r}; expected at least {_LEAST_SIDE} x {_LEAST_SIDE}, as 'cifar10' has"
        )
    return ResNet(channels, dataset.n_classes)


def _convolutions(network: Network) -> Iterator[nn.Module]:
    channels = network.image[2] if network.convolutions and network.image else 0
    for layer in network.convolutions:
        yield nn.Conv2d(channels, layer.channels, layer.kernel, layer.stride, layer.padding)
        yield _ACTIVATIONS[network.activation]()
        if layer.pool > 1:
            yield nn.MaxPool2d(layer.pool) if layer.pooling == "max" else nn.AvgPool2d(layer.pool)
        channels = layer.channels
    if network.convolutions:
        yield nn.Flatten()


def inputs(
    model: nn.Module, dataset: Dataset, images: Bytes, normalise: tuple[float, float]
) -> Tensor:
    """Return images as the network takes them: flat, or (n, channels, height, width)."""
    pixels = torch.from_numpy(np.ascontiguousarray(images)).float().div_(255.0)
    pixels.sub_(normalise[0]).div_(normalise[1])
    if not any(isinstance(layer, nn.Conv2d) for layer in model.modules()):
        return pixels
    height, width, channels = dataset.image_shape
    return pixels.reshape(-1, height, width, channels).permute(0, 3, 1, 2).contiguous()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch work on one thread: sums are then the same bits everywhere."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def train(
    model: nn.Module,
    x: Tensor,
    labels: Bytes,
    *,
    seed: int,
    epochs: int | None,
    rate: float = _RATE,
    progress: Callable[[float], None] = lambda fraction: None,
) -> None:
    """Train a network in full precision by Adam, its rate falling to nothing along a cosine."""
    target = torch.from_numpy(labels.astype(np.int64))
    batches = math.ceil(len(x) / _BATCH)
    passes = epochs or max(1, math.ceil(_UPDATES / batches))
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, passes * batches)
    model.train()
    for epoch in range(passes):
        order = torch.from_numpy(generator(seed, "infer.order", epoch).permutation(len(x)))
        for k, chosen in enumerate(order.split(_BATCH)):
            loss = nn.functional.cross_entropy(model(x[chosen]), target[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            progress((epoch * batches + k + 1) / (passes * batches))
    model.eval()


def initialise(model: nn.Module, seed: int) -> None:
    """Draw the weights and biases of a network anew, by a seed alone (He 2015)."""
    rng = torch.Generator().manual_seed(int(generator(seed, "infer.weights").integers(2**53)))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.zero_()
            else:
                bound = math.sqrt(6.0 / parameter[0].numel())
                parameter.uniform_(-bound, bound, generator=rng)
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.reset_parameters()


def accuracy(model: nn.Module, x: Tensor, labels: Bytes) -> float:
    """Return the share of images that a network puts in their class."""
    right = 0
    with torch.no_grad():
        for k in range(0, len(x), _AT_ONCE):
            chosen = model(x[k : k + _AT_ONCE]).argmax(1).numpy()
            right += int((chosen == labels[k : k + _AT_ONCE]).sum())
    return right / len(x)


def load_weights(model: nn.Module, path: Path, trust: bool, name: str) -> nn.Module:
    """Return the network with the weights of a file, or the module of a trusted file.

    Raises
    ------
    ChipError
        If the file cannot be read, holds code and is not trusted, or its weights do not fit.
    """
    loaded = _loaded(path, trust)
    if isinstance(loaded, nn.Module):
        return loaded.eval()
    if isinstance(loaded, dict) and isinstance(loaded.get("state_dict"), dict):
        loaded = loaded["state_dict"]
    if not isinstance(loaded, dict) or not all(isinstance(v, Tensor) for v in loaded.values()):
        raise ChipError(f"model {path}: holds {type(loaded).__name__}; expected a state_dict")
    own = model.state_dict()
    given = loaded if set(loaded) == set(own) else dict(zip(own, loaded.values(), strict=False))
    shapes = [tuple(v.shape) for v in loaded.values()]
    expected = [tuple(v.shape) for v in own.values()]
    if [tuple(given[key].shape) for key in own if key in given] != expected:
        raise ChipError(
            f"model {path}: tensors of shapes {_brief(shapes)}; the architecture {name!r} has "
            f"{_brief(expected)}: give the right one with --architecture"
        )
    model.load_state_dict(given)
    return model.eval()


def check_outputs(model: nn.Module, path: Path, x: Tensor, dataset: Dataset) -> None:
    """Refuse a network of a file that does not take the images or give as many classes.

    Raises
    ------
    ChipError
        If it does not.
    """
    try:
        with torch.no_grad():
            shape = tuple(model(x).shape)
    except (RuntimeError, ValueError, TypeError) as error:
        first = str(error).partition("\n")[0]
        raise ChipError(
            f"model {path}: takes no images of shape {tuple(x.shape[1:])}: {first}"
        ) from None
    if len(shape) != 2 or shape[1] < dataset.n_classes:
        raise ChipError(
            f"model {path}: gives outputs of shape {shape[1:]}; expected {dataset.n_classes} "
            f"classes, as data set {dataset.name!r} has"
        )


def _loaded(path: Path, trust: bool) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=not trust)
    except OSError as error:
        raise ChipError(f"model {path}: {error.strerror or error}") from None
    except pickle.UnpicklingError:
        raise ChipError(
            f"model {path}: holds more than weights, or is no file of torch; save the "
            "state_dict, torch.save(model.state_dict(), ...), or run what the file holds with "
            "--trust-code, if you know where it comes from"
        ) from None
    except Exception as error:  # torch raises many kinds for what is no file of its own
        raise ChipError(f"model {path}: not a file of torch that can be read: {error}") from None


def _brief(shapes: list[tuple[int, ...]]) -> str:
    text = ", ".join("x".join(map(str, shape)) for shape in shapes[:8])
    return f"{text}, ..." if len(shapes) > 8 else text or "none"
