"""Is a confidence of 0.8 right in eight of ten? SET, RESET and forming of simulated devices whose events are known.

    python benchmarks/event_confidence.py --populations 400 --out docs/images/event_confidence.png

Every population is one law with random parameters, spread, window, sweep step, compliance and
noise: relative, of the instrument, and telegraph noise of the device; some devices do not switch
within the sweep, some begin pristine. It is simulated without noise in steps ten times finer, from
which the events are read; every tenth sample, with noise, goes to
:func:`acanthite.analysis.find_events`. An event it gives is right where the device has one of its
kind on this way, within one step of the sweep.

``--fit`` prints the coefficients of :mod:`acanthite.analysis.sweeps.confidence` as fitted to
populations of VTEAM, Stanford-PKU, linear drift and the filament with other seeds; Yakopcic's law
is never fitted to. Whole populations are resampled for the errors of the shares.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from acanthite import analysis, drawing, threads
from acanthite.analysis.sweeps.confidence import COEFFICIENTS, evidence
from acanthite.analysis.sweeps.excursions import Excursion, find_excursions
from acanthite.device import MODELS, Devices, linear_drift
from acanthite.measurement import Instrument, Sweep, build_recording, run
from acanthite.random import generator

FINER = 10
DEVICES = 4
QUIET = Instrument("quiet", 0.1, 0.0, 0.0)
DROP = 0.15  # decades from the highest current at which a RESET has begun
ABRUPT = (
    0.2  # decades within three steps of the sweep that are a SET even where nothing is remembered
)
LEAST = 0.05  # decades of change below which nothing has happened
FIRST_FITTED = 10**6  # seeds from here on are for fitting
SURE = 0.9  # from here on the laws are shown one by one
EDGES = np.array([0.0, 0.3, 0.5, 0.7, 0.8, SURE, 1.0])
LAWS = ("vteam", "stanford-pku", "linear-drift", "filament", "yakopcic")
FITTED = LAWS[:4]
GROUPS = {"laws fitted to, other seeds": FITTED, "a law never fitted to": LAWS[4:]}


@dataclass(frozen=True)
class Truth:
    """What every device does: where its events are on either half of its loops, by kind, and which sweeps form it."""

    halves: tuple[dict[str, np.ndarray], dict[str, np.ndarray]]
    forming: np.ndarray


def population(law: str, seed: int) -> tuple[Any, Truth, float]:
    """Return noisy loops, what happens in them, and the step of the sweep."""
    rng = generator(seed, f"event-confidence-{law}")
    threads.use(1)
    devices, ends = BUILD[law](rng, seed)
    step = float(rng.choice([0.005, 0.01, 0.02])) * np.abs(ends).max()
    quiet = Sweep(*ends, rate=1.0, step=step / FINER, cycles=2)
    open_loop = run(devices, quiet, instrument=QUIET, tolerance=1e-4)
    if rng.random() < 0.5:
        top = np.abs(open_loop["current"].values)
        low, high = np.log(np.quantile(top, [0.5, 1.0]))
        limit = float(np.exp(rng.uniform(low, high)))
        quiet = Sweep(*ends, rate=1.0, step=step / FINER, cycles=2, compliance=limit)
        open_loop = run(devices, quiet, instrument=QUIET, tolerance=1e-4)
    i, drive = open_loop["current"].values.copy(), open_loop["applied"].values
    v = (
        open_loop["voltage"].values if rng.random() < 0.5 else np.broadcast_to(drive, i.shape)
    )  # what the file has
    limit = np.inf if quiet.compliance is None else quiet.compliance
    ways = find_excursions(drive)
    forming = _pristine(ways[0].out, i, rng)
    first, second = (_events(drive, i, way, limit) for way in ways)
    truth = Truth((first, second), forming)
    return _measured(v, i, limit, rng), truth, step


def _vteam(rng: np.random.Generator, seed: int) -> tuple[Devices, tuple[float, float]]:
    r_on = 10 ** rng.uniform(2.5, 4.5)
    values = {
        "k_off": 10 ** rng.uniform(-8, -6), "k_on": -(10 ** rng.uniform(-8, -6)), "alpha_off": rng.uniform(1, 4),
        "alpha_on": rng.uniform(1, 4), "v_off": 0.35, "v_on": -0.3, "r_on": r_on, "r_off": r_on * 10 ** rng.uniform(0.1, 4),
        "exponential": float(rng.random() < 0.5),
    }  # fmt: skip
    spread = {"v_off": 0.1, "v_on": 0.1, "r_off": 0.3, "r_on": 0.1}
    devices = MODELS["vteam"].sample(DEVICES, seed=seed, spread=spread, **values)
    return _some(devices, rng, {"v_off": 20.0, "v_on": 20.0}), (-0.7, 0.9)


def _stanford(rng: np.random.Generator, seed: int) -> tuple[Devices, tuple[float, float]]:
    values = {
        "gap_min": 0.3e-9, "gap_max": rng.uniform(0.4, 1.6) * 1e-9, "i_0": 10 ** rng.uniform(-6, -3), "field_min": 0.0,
        "v_0": rng.uniform(0.2, 0.5), "gamma_0": rng.uniform(13, 17),
    }  # fmt: skip
    spread = {"velocity": 0.3, "gamma_0": 0.05, "gap_max": 0.04}
    law = MODELS["stanford-pku"]
    in_hrs = replace(law, states=(replace(law.states[0], initial="gap_max"), *law.states[1:]))
    devices = in_hrs.sample(DEVICES, seed=seed, spread=spread, **values)
    return _some(devices, rng, {"velocity": 1e-12}), (0.8, -0.8)


def _yakopcic(rng: np.random.Generator, seed: int) -> tuple[Devices, tuple[float, float]]:
    a = 10 ** rng.uniform(-5, -1)
    values = {
        "a1": a, "a2": a, "b": rng.uniform(0.05, 3.0), "start": 10 ** rng.uniform(-2.5, -0.5),
        "speed_positive": 10 ** rng.uniform(1, 3.5), "speed_negative": 10 ** rng.uniform(1, 3.5), "threshold_positive": 0.3,
        "threshold_negative": 0.3,
    }  # fmt: skip
    spread = {"threshold_positive": 0.1, "threshold_negative": 0.1, "a1": 0.1}
    devices = MODELS["yakopcic"].sample(DEVICES, seed=seed, spread=spread, **values)
    return _some(devices, rng, {"threshold_positive": 20.0, "threshold_negative": 20.0}), (
        0.8,
        -0.8,
    )


def _drift(rng: np.random.Generator, seed: int) -> tuple[Devices, tuple[float, float]]:
    values = {
        "mobility": 10 ** rng.uniform(-13.5, -12),
        "r_off": 10 ** rng.uniform(2.5, 4.5),
        "start": 0.05,
    }
    devices = linear_drift("biolek").sample(
        DEVICES, seed=seed, spread={"mobility": 0.2, "r_off": 0.2}, **values
    )
    return _some(devices, rng, {"mobility": 1e-9}), (1.0, -1.0)


def _filament(rng: np.random.Generator, seed: int) -> tuple[Devices, tuple[float, float]]:
    from acanthite import film
    from acanthite.constants import celsius, nm
    from acanthite.device import Filament

    recipe = film.Recipe(thickness=rng.uniform(40, 200) * nm, anneal_temperature=celsius(160))
    devices = Filament.from_film(film.grow(recipe)).sample(DEVICES, seed=seed)
    devices = replace(devices, noise=None)  # its truth is what happens without noise
    return _some(devices, rng, {"migration_barrier": 1.5}), (-0.6, 0.6)


BUILD = dict(zip(LAWS, (_vteam, _stanford, _drift, _filament, _yakopcic), strict=True))


def _some(devices: Devices, rng: np.random.Generator, factors: Mapping[str, float]) -> Devices:
    """Change some of the devices so that they do not switch within the sweep, in half of the populations."""
    names = list(devices.law.parameters)
    dead = rng.random(len(devices)) < (0.3 if rng.random() < 0.5 else 0.0)
    for name, factor in factors.items():
        devices.values[dead, names.index(name)] *= factor
    return devices


def _pristine(out: slice, i: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make the devices of some populations pristine: their first way out conducts far less before it sets.

    Return which devices form: those that begin ten times less conducting than they are ever again.
    """
    if rng.random() < 0.3:
        rise = np.diff(
            np.log(np.abs(i[:, 0, out]) + 1e-300) - np.log(np.arange(1, out.stop - out.start + 1)),
            axis=1,
        )
        for d, k in enumerate(FINER + np.argmax(rise[:, FINER:], axis=1)):
            i[d, 0, out.start : out.start + k + 1] *= 10 ** rng.uniform(-4, -2)
    begins = np.abs(i[:, :, out.start + FINER])
    forming = np.zeros(i.shape[:2], bool)
    forming[:, 0] = 10 * begins[:, 0] < begins[:, 1:].min(axis=1)
    return forming


def _events(
    drive: np.ndarray, i: np.ndarray, way: Excursion, limit: float
) -> dict[str, np.ndarray]:
    """Return where each kind of event is on one way of quiet loops, if it is a step and if it is gradual.

    Shape (2, device, cycle), a step first; not-a-number where the device does no such thing. [V]
    """
    out, back = (
        slice(way.out.start + FINER, way.out.stop),
        slice(way.back.start, way.back.stop - FINER),
    )
    found = {kind: np.full((2, *i.shape[:2]), np.nan) for kind in ("set", "reset")}
    for at in np.ndindex(i.shape[:2]):
        size, y = np.abs(drive[out]), _decades(i[(*at, out)])
        gap = np.interp(size, np.abs(drive[back])[::-1], _decades(i[(*at, back)])[::-1]) - y
        for kind, places in (
            ("set", _set_at(size, y, gap, limit)),
            ("reset", _reset_at(size, y, gap)),
        ):
            for k, place in enumerate(places):
                if place is not None:
                    found[kind][(k, *at)] = drive[out][place]
    return found


def _decades(i: np.ndarray) -> np.ndarray:
    return np.log10(np.abs(i) + 1e-30)


def _set_at(
    size: np.ndarray, y: np.ndarray, gap: np.ndarray, limit: float
) -> tuple[int | None, int | None]:
    """Return where conductance rises steepest before the compliance, and where half of the decades are gone."""
    g = y - np.log10(size)
    free = int((y < np.log10(0.999 * limit)).cumprod().sum())
    rise = np.diff(g[: max(free + FINER, 3)])
    steepest = int(np.argmax(rise))
    around = (
        rise[max(steepest - FINER, 0) : steepest + 2 * FINER],
        rise[steepest : steepest + FINER],
    )
    jumps = max(part.sum() for part in around) >= ABRUPT
    gone = _half_gone(size, gap, +1, size[steepest] if jumps else np.inf)
    return (steepest if gone is not None or jumps else None), gone


def _reset_at(size: np.ndarray, y: np.ndarray, gap: np.ndarray) -> tuple[int | None, int | None]:
    """Return the highest current before the first drop, and where half of the decades are gone."""
    dropped = np.flatnonzero(np.maximum.accumulate(y) - y >= DROP)
    return (int(np.argmax(y[: dropped[0]])) if dropped.size else None), _half_gone(size, gap, -1)


def _half_gone(size: np.ndarray, gap: np.ndarray, sign: int, upto: float = np.inf) -> int | None:
    inside = (size >= 0.03 * size[-1]) & (size <= 0.3 * size[-1]) & (size < upto)
    memory = float(np.median(gap[inside])) if inside.any() else np.nan
    if not sign * memory >= LEAST:
        return None
    return int(np.flatnonzero(gap / memory >= 0.5)[-1])


def _measured(v: np.ndarray, i: np.ndarray, limit: float, rng: np.random.Generator) -> Any:
    """Return every tenth sample with noise, as a Recording."""
    v, i = v[..., FINER - 1 :: FINER], i[..., FINER - 1 :: FINER]
    small = float(np.median(np.abs(i)))
    telegraph = rng.random(i.shape).cumsum(axis=-1) * rng.choice([0.0, 0.0, 0.1, 1.0])
    state = np.sign(np.sin(telegraph + 6.28 * rng.random(i.shape[:2])[..., None]))
    size = 10 ** rng.uniform(-2.5, -0.7)
    noisy = (
        i * 10 ** (size * state) * (1 + 10 ** rng.uniform(-4, -0.7) * rng.standard_normal(i.shape))
    )
    noisy = np.clip(
        noisy + small * 10 ** rng.uniform(-5, 0.5) * rng.standard_normal(i.shape), -limit, limit
    )
    dims = ("device", "cycle", "sample")
    time = np.broadcast_to(np.arange(i.shape[-1], dtype=float), i.shape).copy()
    return build_recording(
        {"voltage": (dims, v), "current": (dims, noisy), "time": (dims, time)}, {}, {}
    )


@dataclass(frozen=True)
class Seen:
    """The events given for one population, one after the other; shape (event,) each.

    Parameters
    ----------
    law : str
    way : ndarray of str
        ``"set"``, ``"reset"`` or ``"gradual"``.
    confidence : ndarray
    right : ndarray of bool
        Whether the device has the event within a step.
    pro, contra : ndarray
        As :func:`acanthite.analysis.sweeps.confidence.evidence` gives them.
    forms, forming : ndarray of bool
        Whether it forms in truth and as found.
    """

    law: str
    way: np.ndarray
    confidence: np.ndarray
    right: np.ndarray
    pro: np.ndarray
    contra: np.ndarray
    forms: np.ndarray
    forming: np.ndarray


def look(job: tuple[str, int]) -> Seen:
    """Return what is found in one population, beside what is there."""
    recording, truth, step = population(*job)
    found, parts = analysis.find_events(recording), []
    for half, e in enumerate(found):
        given = np.isfinite(e.voltage)
        if e.kind == "none" or not given.any():
            continue
        true = np.where(e.abrupt, *truth.halves[half][e.kind])[given]
        way = np.where(e.abrupt, e.kind, "gradual")[given]
        right = np.abs(e.voltage[given] - true) <= step * (1 + 1e-6)
        pro, contra = evidence(e.decades[given], e.noise[given], e.rivals[given])
        sets = e is found.first("set")
        forms = truth.forming[given] & sets
        forming = found.forming[given] if sets else np.zeros(given.sum(), bool)
        parts.append((way, e.confidence[given], right, pro, contra, forms, forming))
    columns = zip(*parts, strict=True) if parts else [[np.empty(0)]] * 7
    return Seen(job[0], *(np.concatenate(c) for c in columns))


def fitted(seen: Sequence[Seen]) -> dict[str, tuple[float, ...]]:
    """Return the likeliest coefficients; more noise or more rivals never make an event surer."""
    from scipy.optimize import minimize

    found = {}
    for way in COEFFICIENTS:
        pro, contra, right = (
            np.concatenate([getattr(s, name)[s.way == way] for s in seen])
            for name in ("pro", "contra", "right")
        )
        terms = np.column_stack([np.ones(len(pro)), pro, -contra])

        def cost(b: np.ndarray, terms: np.ndarray = terms, right: np.ndarray = right) -> float:
            return float(np.sum(np.logaddexp(0.0, terms @ b) - right * (terms @ b)))

        best = minimize(
            cost, np.zeros(3), bounds=[(None, None), (0, None), (0, None)], method="L-BFGS-B"
        )
        found[way] = tuple(round(float(b), 2) for b in best.x)
    return found


def shares(seen: Sequence[Seen]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean confidence, share that is right, and the error of that share, in every bin of :data:`EDGES`."""
    bins = len(EDGES) - 1
    counts = np.zeros((len(seen), 3, bins))
    for k, s in enumerate(seen):
        where = np.clip(np.searchsorted(EDGES, s.confidence, "right") - 1, 0, bins - 1)
        for j, values in enumerate((np.ones(len(where)), s.confidence, s.right.astype(float))):
            counts[k, j] = np.bincount(where, values, bins)
    draws = generator(0, "event-confidence-bootstrap").integers(0, len(seen), (400, len(seen)))
    with np.errstate(invalid="ignore"):
        resampled = [(t := counts[d].sum(axis=0))[2] / t[0] for d in draws]
        n, confident, right = counts.sum(axis=0)
        return confident / n, right / n, np.nanstd(resampled, axis=0)


def show(seen: Sequence[Seen]) -> None:
    """Print the shares that are right, by confidence and by law."""
    for title, chosen in GROUPS.items():
        part = [s for s in seen if s.law in chosen]
        print(f"{title}: {sum(len(s.right) for s in part)} events of {len(part)} populations")
        for c, r, e in zip(*shares(part), strict=True):
            print(f"  confidence {c:.2f}: {r:.2f} +- {e:.2f} right")
    for law in LAWS:
        part = [s for s in seen if s.law == law]
        c, r, e = (values[-1] for values in shares(part))
        print(f"  {law}, above {SURE}: {c:.2f}: {r:.2f} +- {e:.2f} right")
    forms, forming = (
        np.concatenate([getattr(s, n) for s in seen]).astype(bool) for n in ("forms", "forming")
    )
    print(
        f"forming: {forming[forms].mean():.3f} of {forms.sum()} told, {1 - forms[forming].mean():.3f} of those told are none"
    )


def draw(seen: Sequence[Seen], out: Path) -> None:
    """Draw the share of events that are right against their confidence."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for k, (title, chosen) in enumerate(GROUPS.items()):
        c, r, e = shares([s for s in seen if s.law in chosen])
        axes[0].errorbar(c, r, 2 * e, fmt="o-", ms=4, lw=1.2, capsize=2, color=f"C{k}", label=title)
    for k, law in enumerate(LAWS):
        c, r, _ = shares([s for s in seen if s.law == law])
        axes[1].plot(c, r, "o-", ms=3, lw=1.0, color=f"C{k}", label=law)
    for ax in axes:
        ax.plot([0, 1], [0, 1], "k--", lw=0.8)
        ax.set_xlabel("confidence")
        ax.legend(fontsize=7, frameon=False)
    axes[0].set_ylabel("share within a step of the truth")
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=120)


def main() -> None:
    """Look at the populations; fit, or print and draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--populations", type=int, default=200, help="of each law")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    laws, first = (FITTED, FIRST_FITTED) if given.fit else (LAWS, 0)
    jobs = [(law, first + k) for law in laws for k in range(given.populations)]
    with ProcessPoolExecutor(given.jobs) as pool:
        seen = list(pool.map(look, jobs, chunksize=4))
    if given.fit:
        print(fitted(seen))
        return
    show(seen)
    if given.out:
        with drawing.look():
            draw(seen, given.out)


if __name__ == "__main__":
    main()
