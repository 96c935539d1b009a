r"""What algorithms share whose fast array is part of the weights: residual learning.

The network runs on :math:`W = C + g A`, the slow array and a small share of the fast one, with
:math:`g = \gamma` times the window of C. What C cannot express, or has not been told yet, A holds;
the gradient sees both, so A comes to rest at the residual instead of at a running mean.

**The bound on the rate.** Each pulse on A now moves the network at once, by gradient descent at the
rate :math:`g \eta`. With the inputs :math:`x_l` and errors :math:`d_l` of each array, the update of
one sample moves the outputs before the softmax by :math:`-g \eta K d`, where :math:`d` is the error
of the last array and

.. math:: d^T K d = \sum_l s_l |x_l|^2 |d_l|^2

is known after the backward pass (:math:`s_l`: what the rate of an array is multiplied by). The
second derivative of the cross-entropy by these outputs, :math:`\mathrm{diag}(p) - p p^T`, has no
eigenvalue above :math:`\lambda = 2 \max_i p_i (1 - p_i)` (Gershgorin), a half at most and little
where the sample is recognised. So its own loss falls, to second order, as long as

.. math:: g \eta \lambda \frac{d^T K d}{|d|^2} < 2,

is least there at 1, and beyond 2 every update overshoots by more than it corrects: a rate that
Tiki-Taka bears because A averages is far above that. The rate of each sample is held to where the
left side is ``bound``. It costs the norms of inputs and errors, and no tuning.

**The bound on the transfer.** Where A follows the gradient faster than its columns have their turn,
it holds :math:`A = (W^* - C) / g` and a read that moves C by :math:`\beta A` closes the share
:math:`\beta / g` of the gap: more than :math:`g` hands over what is not there, twice as much
diverges.

References
----------
.. [1] Z. Wu, Q. Xiao, T. Gokmen, O. Fagbohungbe, T. Chen, *NeurIPS* (2025), arXiv:2502.06309.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.algorithms.base import RankOneGradients
from acanthite.nn.algorithms.sample_loop import PulseKnobs, pulse_layers
from acanthite.nn.engine.layout import is_convolution
from acanthite.nn.engine.native.options import IN_PLACE, INLINED, ONE, ZERO
from acanthite.nn.engine.passes import n_pairs, pair

LIMIT = 2.0
"""Of ``bound``: beyond it an update takes back more than the error it is from."""


def check_bound(algorithm: Any) -> None:
    """Raise where an algorithm's ``bound`` is none.

    Raises
    ------
    TrainingError
        If it is not below :data:`LIMIT`.
    """
    if not 0 < algorithm.bound < LIMIT:
        raise TrainingError(
            f"{type(algorithm).__name__}: bound = {algorithm.bound:g}; expected more than 0 and "
            f"less than {LIMIT:g}, where an update takes back more than the error it is from"
        )


def held(gradients: RankOneGradients, factor: float, bound: float) -> RankOneGradients:
    """Return gradients computed elsewhere at a rate that their own errors bear.

    Of a model elsewhere only the one array is known: :math:`d^T K d / |d|^2` is at least the
    :math:`|x|^2` of this array, and the curvature at most a half.

    Parameters
    ----------
    gradients : RankOneGradients
    factor : float
        What a unit of the array moves a network weight by. [1]
    bound : float
        [1]
    """
    longest = float((gradients.x.astype(np.float64) ** 2).sum(axis=1).max(initial=0.0))
    if 0.5 * factor * gradients.rate * longest <= bound:
        return gradients
    return replace(gradients, rate=2.0 * bound / (factor * longest))


@njit(**INLINED)
def bounded(knobs, net, factor, bound):
    """Return the knobs for pulses of a sample, their rate held to what its own error bears.

    Parameters
    ----------
    knobs : PulseKnobs
    net : Net
        After the backward pass.
    factor : float32
        What a unit of the array moves a network weight by.
    bound : float32
    """
    last = net.layers.n_in.shape[0] - 1
    _, d = pair(net, last, 0)
    error = _norm_squared(d)
    at = net.layers.node_offset[last + 1]
    curvature = _curvature(net.nodes.values[at : at + d.shape[0]])
    total = ZERO
    for layer in range(last + 1):
        for k in range(n_pairs(net, layer)):
            x, d = pair(net, layer, k)
            total += knobs.shares[layer] * _norm_squared(x) * _norm_squared(d)
    gain = factor * total * curvature
    rate = knobs.rate
    if gain * rate > bound * error:
        rate = bound * error / gain
    return PulseKnobs(np.float32(rate), knobs.shares, knobs.step, knobs.trains)


@njit(**INLINED)
def _curvature(p):
    """Return a bound on the curvature of the cross-entropy at probabilities ``p``."""
    top = ZERO
    for i in range(p.shape[0]):
        top = max(top, p[i] * (ONE - p[i]))
    return top + top


@njit(**INLINED)
def _norm_squared(x):
    total = ZERO
    for i in range(x.shape[0]):
        total += x[i] * x[i]
    return total


@njit(**IN_PLACE)
def join_driven(joined, slow, fast, factor, net):
    """Set the weights of all input lines that this sample drove to ``slow + factor * fast``.

    No other line of the fast array can have been pulsed.
    """
    layers = net.layers
    for layer in range(layers.n_in.shape[0]):
        first = layers.weight_offset[layer]
        n_out = layers.n_out[layer]
        everywhere = is_convolution(net, layer)
        x = net.nodes.values[layers.node_offset[layer] :]
        for j in range(layers.n_in[layer]):
            if everywhere or x[j] != ZERO:
                join_column(joined, slow, fast, factor, first + j * n_out, n_out)


@njit(**INLINED)
def join_column(joined, slow, fast, factor, first, n):
    """Set ``n`` weights from ``first`` on to ``slow + factor * fast``."""
    own = joined[first : first + n]
    a, b = slow[first : first + n], fast[first : first + n]
    for i in range(n):
        own[i] = a[i] + factor * b[i]


@njit(**IN_PLACE)
def pulse_bounded(array, state, knobs, factor, bound):
    """Pulse every layer of an array at the bounded rate; return the pulses."""
    return pulse_layers(array, state, bounded(knobs, state.net, factor, bound))
