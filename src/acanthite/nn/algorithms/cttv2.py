r"""c-TTv2: TTv2 with choppers, so that what the fast array's zero is wrong by cancels.

Every input line of A has a sign that its inputs are multiplied by before they are pulsed, and its
reads after. It flips, by chance, after a read: an offset of A, from a reference that is not quite
the symmetry point, then enters H with either sign and averages out, while the gradient does not.
Output lines may have signs too, which their errors are multiplied by; each may flip once all
columns have had their turn.

References
----------
.. [1] M. J. Rasch, F. Carta, O. Fagbohungbe, T. Gokmen, *Nat. Commun.* **15**, 7133 (2024),
   :doi:`10.1038/s41467-024-51221-z`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np

from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.algorithms.base import RankOneGradients
from acanthite.nn.algorithms.sample_loop import PulseKnobs, kernel_of, learn
from acanthite.nn.algorithms.tiki_taka import (
    TikiTakaState,
    pulse_fast,
    read_due_columns,
    transfer_column,
)
from acanthite.nn.algorithms.ttv2 import Shares, TTv2, fire
from acanthite.nn.engine.native.aligned import zeros
from acanthite.nn.engine.native.options import IN_PLACE, INLINED, ZERO
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.passes import n_pairs, pair
from acanthite.nn.engine.periphery import largest
from acanthite.nn.engine.pulses import Array
from acanthite.nn.engine.rng import take_normals, take_words

_MOMENTUM = np.float32(0.99)
_NEW = np.float32(0.01)


class ChopperMemory(NamedTuple):
    """What is held beside the arrays."""

    hidden: np.ndarray  # H: float32, shape (n_weights,), in steps of A
    shares: Shares
    chopper: np.ndarray  # float32, shape (all input lines,): +1 or -1
    # float32, shape (n_weights,): mean read of the chopper period before, zero without AGAD
    past: np.ndarray
    recent: np.ndarray  # float32, shape (n_weights,): of this one so far
    first_line: np.ndarray  # int64, shape (n_layers,): of each layer in chopper
    chopped: np.ndarray  # float32: inputs of one update, signs turned
    # int32, shape (all input lines, 2): reads since the sign flipped, and flips so far
    period: np.ndarray
    # float32, shape (n_layers, 2): running means of the largest input and error
    largest: np.ndarray
    out_chopper: np.ndarray  # float32, shape (all output lines,): +1 or -1
    first_output: np.ndarray  # int64, shape (n_layers,): of each layer in out_chopper
    out_chopped: np.ndarray  # float32: errors of one update, signs turned


class ChopperKnobs(NamedTuple):
    """What the kernels take of the knobs."""

    gradients: PulseKnobs
    every: int
    threshold: np.float32
    read_noise: np.float32
    forget: bool
    flip: np.uint32  # chance of a flip, out of 2**32
    reads: np.int32  # between two flips; 0 where they come by chance
    gated: bool
    pulses: np.float32  # of the line with the largest input and error; 0 without scaling
    reference_share: np.float32  # of a new read in the reference, zero without AGAD
    out_flip: np.uint32  # chance of a flip of an output line, out of 2**32
    corrected: bool


@dataclass(frozen=True, kw_only=True)
class ChoppedTTv2(TTv2):
    """TTv2 with choppers on the input lines of A.

    Parameters
    ----------
    rate, decay, window, bl_max, pulses, transfer_every, read_noise, shift_pairs, shift_average,
    threshold, forget, lag
        As in :class:`~acanthite.nn.algorithms.ttv2.TTv2`.
    flip : float
        Chance that a line's sign flips after it was read, in (0, 1]. [1]
    regular : bool
        Whether a sign flips after every ``1 / flip`` reads, instead of by chance.
    gated : bool
        Whether H takes nothing from a line until its sign has flipped for the first time.
    scaled_pulses : float
        Pulses that a cell with the largest input and error gets on average, whatever these are:
        the rate follows their running means. 0: ``rate`` is used as it is. Published with 5. [1]
    out_flip : float
        Chance that an output line's sign flips once all columns were read, in [0, 1]. [1]
    corrected : bool
        Whether a read counts in H by ``rate`` over the rate that ``scaled_pulses`` led to, so that H
        adds up gradients and not pulses. Part of the published scale of H, left out in its runs.

    Examples
    --------
    >>> chopped = ac.nn.ChoppedTTv2(flip=0.05)
    >>> chopped.name, chopped.threshold
    ('c-ttv2', 30.0)
    """

    name: ClassVar[str] = "c-ttv2"
    at_most_one: ClassVar[frozenset[str]] = TTv2.at_most_one | {"flip", "out_flip"}
    may_be_zero: ClassVar[frozenset[str]] = TTv2.may_be_zero | {"scaled_pulses", "out_flip"}

    # best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    flip: float = 0.01
    regular: bool = False
    gated: bool = False
    scaled_pulses: float = 0.0
    out_flip: float = 0.0
    corrected: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.corrected and not self.scaled_pulses:
            raise TrainingError(
                f"{type(self).__name__}: corrected = True; expected scaled_pulses with it: without, "
                "the rate stays as it is"
            )

    def start_digital(self, network: Network, fast: Array, slow: Array) -> ChopperMemory:
        """Return what is held beside the arrays, at its beginning: H zero, all choppers at +1."""
        widths, heights = (list(side) for side in zip(*network.shapes, strict=True))
        return ChopperMemory(
            *super().start_digital(network, fast, slow),
            chopper=np.ones(sum(widths), np.float32),
            past=zeros(network.n_weights),
            recent=zeros(network.n_weights),
            first_line=np.cumsum([0, *widths[:-1]]).astype(np.int64),
            chopped=np.zeros(network.n_lines, np.float32),
            period=np.zeros((sum(widths), 2), np.int32),
            largest=np.zeros((len(widths), 2), np.float32),
            out_chopper=np.ones(sum(heights), np.float32),
            first_output=np.cumsum([0, *heights[:-1]]).astype(np.int64),
            out_chopped=np.zeros(network.n_lines, np.float32),
        )

    def knobs(self, state: TikiTakaState, epoch: int) -> ChopperKnobs:
        """Return what the kernels take of the knobs in an epoch."""
        return ChopperKnobs(
            *super().knobs(state, epoch),
            flip=np.uint32(self.flip * 0xFFFFFFFF),
            reads=np.int32(round(1 / self.flip) if self.regular else 0),
            gated=self.gated,
            pulses=np.float32(self.scaled_pulses),
            reference_share=np.float32(self.reference_share),
            out_flip=np.uint32(self.out_flip * 0xFFFFFFFF),
            corrected=self.corrected,
        )

    def update(self, state: TikiTakaState, gradients: RankOneGradients) -> None:
        """Pulse A with gradients computed elsewhere, whose signs do not flip, and transfer.

        With ``scaled_pulses`` one rate, that of the means at its end, is used for all of them.
        """
        digital = state.digital
        if self.scaled_pulses:
            gradients = replace(gradients, rate=self._scaled_rate(digital, gradients, state.step))
        x = gradients.x * digital.chopper[: gradients.x.shape[1]]
        d = gradients.d
        if self.out_flip:
            d = d * digital.out_chopper[: d.shape[1]]
        super().update(state, replace(gradients, x=x, d=d))

    def _scaled_rate(self, digital: Any, gradients: RankOneGradients, step: float) -> float:
        """Return the rate at which the largest cell gets its pulses, and note how large it was."""
        means = digital.largest[0]
        for side, lines in enumerate((gradients.x, gradients.d)):
            tops = np.abs(lines).max(axis=1)
            if means[side] == ZERO and len(tops):
                means[side] = tops[0]
            shares = _NEW * _MOMENTUM ** np.arange(len(tops) - 1, -1, -1)
            means[side] = _MOMENTUM ** len(tops) * means[side] + shares @ tops
        return self.scaled_pulses * step / float(means.prod()) if means.all() else 0.0

    @property
    def reference_share(self) -> float:
        """Share of a new read in the reference; zero without AGAD. [1]"""
        return 0.0


@kernel_of(learn, ChopperKnobs)
def _learn(state, knobs):
    pulses = pulse_chopped(state, knobs.gradients, knobs.pulses, knobs.out_flip > 0)
    fired, reads = read_due_columns(state, knobs)
    return pulses + fired, reads


@njit(**IN_PLACE)
def pulse_chopped(state, knobs, scaled_pulses, out_chopped):
    """Pulse every layer of A with its chopped inputs and its errors; return the pulses."""
    digital = state.digital
    layers = state.net.layers
    pulses = 0
    for layer in range(layers.n_in.shape[0]):
        signs = digital.chopper[digital.first_line[layer] :]
        for k in range(n_pairs(state.net, layer)):
            x, d = pair(state.net, layer, k)
            own = _scaled(digital.largest[layer], x, d, scaled_pulses, knobs)
            if out_chopped:
                errors = digital.out_chopped[: d.shape[0]]
                _multiply(errors, d, digital.out_chopper[digital.first_output[layer] :])
                d = errors
            chopped = digital.chopped[: x.shape[0]]
            for j in range(x.shape[0]):
                chopped[j] = x[j] * signs[j]
            pulses += pulse_fast(state, own, layer, chopped, d)
    return pulses


@njit(**INLINED)
def _multiply(out, values, signs):
    for i in range(out.shape[0]):
        out[i] = values[i] * signs[i]


@njit(**INLINED)
def _scaled(means, x, d, pulses, knobs):
    """Return the knobs of an update whose largest cell gets so many pulses, and note how large."""
    if pulses == ZERO:
        return knobs
    rate = ZERO
    for side in range(2):
        top = largest(x) if side == 0 else largest(d)
        means[side] = top if means[side] == ZERO else _MOMENTUM * means[side] + _NEW * top
    if means[0] > ZERO and means[1] > ZERO:
        rate = pulses * knobs.step / (means[0] * means[1])
    return PulseKnobs(np.float32(rate), knobs.shares, knobs.step, knobs.trains)


@kernel_of(transfer_column, ChopperKnobs)
def _transfer(state, knobs, layer, column, first):
    digital = state.digital
    n_out = state.net.layers.n_out[layer]
    line = digital.first_line[layer] + column
    noise = take_normals(state.rng, n_out)
    part = slice(first, first + n_out)
    past = digital.past[part]
    recent = digital.recent[part]
    sign = ZERO if knobs.gated and digital.period[line, 1] == 0 else digital.chopper[line]
    normals = state.rng.normals[noise : noise + n_out]
    if knobs.out_flip > 0 or knobs.corrected:
        _gather_as_published(state, knobs, layer, first, sign, normals)
    else:
        gather_chopped(
            digital.hidden[part], state.fast.weights[part], past, recent, normals, sign, knobs
        )
    count = fire(state, knobs, layer, first)
    if flips(state, knobs, line):
        digital.chopper[line] = -digital.chopper[line]
        if knobs.reference_share > ZERO:
            for i in range(n_out):
                past[i] = recent[i]
    if knobs.out_flip > 0 and column == state.net.layers.n_in[layer] - 1:
        _flip_outputs(state, knobs, layer)
    return count


@njit(**IN_PLACE)
def _gather_as_published(state, knobs, layer, first, sign, normals):
    """Do :func:`gather_chopped` with signs of output lines, and by the rate that filled A."""
    digital = state.digital
    factor = sign / knobs.gradients.step
    if knobs.corrected:
        # the rate is the pulses times the step over the product of the means
        means = digital.largest[layer]
        filled_at = knobs.pulses * knobs.gradients.step
        factor *= knobs.gradients.rate * means[0] * means[1] / filled_at
    signs = digital.out_chopper[digital.first_output[layer] :]
    for i in range(state.net.layers.n_out[layer]):
        cell = first + i
        value = state.fast.weights[cell] + knobs.read_noise * normals[i]
        digital.hidden[cell] += (value - digital.past[cell]) * factor * signs[i]
        digital.recent[cell] += knobs.reference_share * (value - digital.recent[cell])


@njit(**IN_PLACE)
def _flip_outputs(state, knobs, layer):
    """Turn the signs of output lines, by chance."""
    digital = state.digital
    n_out = state.net.layers.n_out[layer]
    words = take_words(state.rng, n_out)
    for i in range(n_out):
        if state.rng.words[words + i] < knobs.out_flip:
            line = digital.first_output[layer] + i
            digital.out_chopper[line] = -digital.out_chopper[line]


@njit(**INLINED)
def flips(state, knobs, line):
    """Return whether the sign of a line flips after a read, and count."""
    period = state.digital.period[line]
    period[0] += 1
    flip = period[0] >= knobs.reads
    if knobs.reads == 0:
        flip = state.rng.words[take_words(state.rng, 1)] < knobs.flip
    if flip:
        period[0] = 0
        period[1] += 1
    return flip


@njit(**IN_PLACE)
def gather_chopped(h, values, past, recent, normals, sign, knobs):
    """Add a column's reads, less those of the period before, to H, and to the mean of this one."""
    per_step = sign / knobs.gradients.step
    for i in range(h.shape[0]):
        value = values[i] + knobs.read_noise * normals[i]
        h[i] += (value - past[i]) * per_step
        recent[i] += knobs.reference_share * (value - recent[i])
