"""Networks by name, fitted to a data set."""

from __future__ import annotations

from dataclasses import replace

from acanthite.errors import TrainingError, nearest
from acanthite.nn.data.datasets import Dataset
from acanthite.nn.engine.network import Network, lenet5

NETWORKS = {"mlp": Network((784, 256, 128, 10), "relu"), "lenet5": lenet5((28, 28, 1), 10)}
"""By name; ``"mlp"`` has the hidden widths of Gokmen and Vlasov (2016)."""


def network_named(network: str | Network, dataset: Dataset) -> Network:
    """Return a network by name, fitted to the pixels and classes of a data set, or the one given.

    Parameters
    ----------
    network : str or Network
        ``"mlp"`` or ``"lenet5"``; layer widths such as ``"784-256-128-10"``; or a shape of your
        own, taken as it is.
    dataset : Dataset

    Raises
    ------
    TrainingError
        If there is none of that name.
    """
    if isinstance(network, Network):
        return network
    parts = network.split("-")
    if len(parts) > 1 and all(part.isdigit() for part in parts):
        return Network(tuple(int(part) for part in parts), "relu")
    if network not in NETWORKS:
        raise TrainingError(
            f"network = {network!r}; expected one of {', '.join(NETWORKS)}, "
            f"widths such as 784-256-128-10, or a Network{nearest(network, NETWORKS)}"
        )
    named = NETWORKS[network]
    widths = (dataset.images.shape[1], *named.widths[1:-1], max(dataset.n_classes, 2))
    image = dataset.image_shape if named.convolutions else None
    return replace(named, widths=widths, image=image)
