"""Do stated errors hold? Populations of known parameters, written as lab files, read, analysed and fitted; how often intervals cover.

    python benchmarks/round_trip.py --trials 100 --out docs/images/fit_calibration.png
    python benchmarks/round_trip.py --law stanford-pku --trials 100 --out docs/images/fit_calibration_stanford.png

Every trial draws devices with spread, takes their loops with a noisy instrument, writes them as EasyEXPERT CSV or as a
table, reads the files back and fits them from the law's defaults. Printed is, for every parameter, in which share of the trials the 95 %
interval of the population's middle, and that of its spread, holds the truth; drawn is the share against the nominal level.

SET and RESET voltages and both resistances, as :mod:`acanthite.analysis` reads them off the same files, are held against those of the
same devices swept in steps ten times finer and without noise: voltages to a step of the sweep, resistances to their stated errors.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import xarray as xr

from acanthite import analysis, fitting, threads
from acanthite.analysis.sweeps.excursions import find_excursions
from acanthite.device import MODELS, Devices, Law
from acanthite.measurement import Instrument, Sweep, read, run
from acanthite.measurement.io import write

NOISY = Instrument("noisy", 0.1, 1e-9, 5e-3)
QUIET = Instrument("quiet", 0.1, 0.0, 0.0)
LEVELS = np.linspace(0.05, 0.99, 48)
READ_VOLTAGE, FINER = 0.1, 10


@dataclass(frozen=True)
class Case:
    """A population: what is fitted of it, its relative spreads, what is held, the loop it is taken through, and the
    parameter its first state begins at, where that is not the law's own."""

    truth: Mapping[str, float]
    spread: Mapping[str, float]
    loop: Sweep
    held: Mapping[str, float] = field(default_factory=dict)
    begin: str | None = None

    def law(self, name: str) -> Law:
        """Return the law of a name, its first state beginning where that of this population does."""
        model = MODELS[name]
        if self.begin is None:
            return model
        return replace(
            model, states=(replace(model.states[0], initial=self.begin), *model.states[1:])
        )


CASES = {
    "vteam": Case(
        {
            "k_off": 2e-7, "k_on": -1e-7, "alpha_off": 2.0, "alpha_on": 3.0, "v_off": 0.3, "v_on": -0.25, "r_off": 2e5, "r_on": 2e3,
        },
        {"k_off": 0.15, "k_on": 0.15, "v_off": 0.08, "v_on": 0.08, "r_off": 0.2, "r_on": 0.1},
        Sweep(-0.6, 0.8, rate=1.0, step=0.01),
    ),
    # without a least field, beyond which the gap would be held where it just stops, and nothing tells its speed
    "stanford-pku": Case(
        {"i_0": 1e-3, "v_0": 0.25, "velocity": 10.0, "gamma_0": 16.0, "gap_min": 0.3e-9, "gap_max": 1.5e-9},
        {"i_0": 0.1, "velocity": 0.2, "gamma_0": 0.03, "gap_max": 0.03},
        Sweep(0.7, -0.7, rate=1.0, step=0.01),
        {"field_min": 0.0},
        "gap_max",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """What one population says.

    Parameters
    ----------
    reached : dict of str to float
        Level at which the interval of each middle just holds the truth; ``"name:95"`` whether the 95 % one does.
    spreads : dict of str to bool
        Whether the 95 % interval of each spread holds the truth.
    scores : ndarray, shape (parameter, device)
        Errors of single devices over their standard errors.
    events : dict of str to ndarray, shape (device,)
        Errors of SET and RESET voltages in steps of the sweep, of LRS and HRS in their standard errors.
    """

    reached: dict[str, float]
    spreads: dict[str, bool]
    scores: np.ndarray
    events: dict[str, np.ndarray]


def trial(seed: int, n_devices: int, points: int, law: str = "vteam") -> Trial:
    """Return what one population says when it is measured, analysed and fitted."""
    from acanthite.fitting.population import middle

    threads.use(1)
    case = CASES[law]
    model = case.law(law)
    devices = model.sample(n_devices, seed=seed, spread=case.spread, **case.truth, **case.held)
    back = _through_a_file(run(devices, case.loop, instrument=NOISY, tolerance=1e-5), seed)
    found = fitting.fit(back, model, fixed=case.held, points=points, seed=seed)
    reached, spreads, scores = {}, {}, []
    names = list(model.parameters)
    for name, p in found.parameters.items():
        one = found.curves.sel(parameter=name)
        relative = (one["error"] / np.abs(one["value"])).values
        logs = np.log(np.abs(one["value"].values))
        true = np.log(np.abs(devices.values[:, names.index(name)]))
        scores.append((logs - true) / relative)
        device, center = np.arange(len(logs)), np.log(abs(case.truth[name]))
        inside = [
            level for level in LEVELS
            if (m := middle(logs, relative, device, level)).interval[0] <= center <= m.interval[1]
        ]  # fmt: skip
        reached[name] = min(inside, default=1.0)
        if p.device_spread:
            spreads[name] = bool(
                p.device_spread[1] <= case.spread.get(name, 0.0) <= p.device_spread[2]
            )
        low, high = p.interval
        reached[f"{name}:95"] = float(low <= case.truth[name] <= high)
    return Trial(reached, spreads, np.array(scores), _against_the_devices(back, devices, case.loop))


def _through_a_file(loops: xr.Dataset, seed: int) -> list[xr.Dataset]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loops.csv"
        write(loops, path, ("easyexpert", "csv")[seed % 2])
        return read(path)


def _against_the_devices(
    back: list[xr.Dataset], devices: Devices, loop: Sweep
) -> dict[str, np.ndarray]:
    """Return the errors of what is read off the files, against the same devices in fine steps without noise."""
    fine = run(devices, replace(loop, step=loop.step / FINER), instrument=QUIET, tolerance=1e-5)
    true = _truth(fine["voltage"].values[:, 0], fine["current"].values[:, 0])
    seen: dict[str, list[np.ndarray]] = {name: [] for name in (*true, "lrs_error", "hrs_error")}
    for book in back:
        events = analysis.find_events(book)
        states = analysis.resistances(book, read_voltage=READ_VOLTAGE, events=events)
        for name, found in seen.items():
            found.append(getattr(events if "voltage" in name else states, name).ravel())
    measured = {name: np.concatenate(found) for name, found in seen.items()}
    scale = {"lrs": measured["lrs_error"], "hrs": measured["hrs_error"]}
    return {
        name: (measured[name] - value) / scale.get(name, loop.step) for name, value in true.items()
    }


def _truth(v: np.ndarray, i: np.ndarray) -> dict[str, np.ndarray]:
    """Return where each device sets on its first way out, its conductance rising steepest, where it resets on the other,
    its current highest, and the resistances about the first; v and i of shape (device, sample)."""
    rows, (first, second) = np.arange(len(v)), find_excursions(v[0])
    out, back, other = slice(first.out.start + FINER, first.out.stop), first.back, second.out
    steepest = out.start + np.argmax(np.diff(np.log(i[:, out] / v[:, out])), axis=1)
    highest = other.start + np.argmax(np.abs(i[:, other]), axis=1)

    def resistance(part: slice) -> np.ndarray:
        order = np.argsort(np.abs(v[0, part]))
        ways = ((np.abs(a[part])[order] for a in pair) for pair in zip(v, i, strict=True))
        return np.array(
            [READ_VOLTAGE / np.interp(READ_VOLTAGE, size, current) for size, current in ways]
        )

    return {
        "set_voltage": 0.5 * (v[rows, steepest] + v[rows, steepest + 1]),
        "reset_voltage": v[rows, highest],
        "hrs": resistance(out),
        "lrs": resistance(back),
    }


def main() -> None:
    """Run the trials, print the tables, draw the calibration."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--law", choices=CASES, default="vteam")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--devices", type=int, default=6)
    parser.add_argument("--points", type=int, default=512)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    begun, found = time.perf_counter(), []
    one = partial(trial, n_devices=given.devices, points=given.points, law=given.law)
    with ProcessPoolExecutor(given.jobs) as pool:
        for result in pool.map(one, range(given.first, given.first + given.trials)):
            found.append(result)
            if len(found) % 10 == 0:
                print(f"{len(found)} trials, {time.perf_counter() - begun:.0f} s", flush=True)
    show(found, CASES[given.law])
    if given.out:
        draw(found, CASES[given.law], given.out)


def show(found: list[Trial], case: Case) -> None:
    """Print the coverage of every parameter's 95 % intervals, and how far events and resistances are off."""
    print(
        f"{'parameter':12s} {'middle':>8s} {'spread':>8s} {'device':>8s}   share of 95 % intervals that hold the truth"
    )
    scores = np.concatenate([t.scores for t in found], axis=1)
    for k, name in enumerate(case.truth):
        share = np.mean([t.reached[f"{name}:95"] for t in found])
        spread = np.mean([t.spreads[name] for t in found if name in t.spreads])
        device = np.mean(np.abs(scores[k][np.isfinite(scores[k])]) < 1.96)
        print(f"{name:12s} {share:8.1%} {spread:8.1%} {device:8.1%}")
    for name in ("set_voltage", "reset_voltage"):
        off = np.concatenate([t.events[name] for t in found])
        seen = np.abs(off[np.isfinite(off)])
        print(
            f"{name.replace('_', ' ')}: found {np.isfinite(off).mean():.1%}, within a step of the sweep {(seen <= 1 + 1e-9).mean():.1%}, "
            f"within two {(seen <= 2 + 1e-9).mean():.1%}"
        )
    for state in ("lrs", "hrs"):
        off = np.concatenate([t.events[state] for t in found])
        seen = off[np.isfinite(off)]
        print(
            f"{state.upper()}: read {np.isfinite(off).mean():.1%}, within 1 standard error {(np.abs(seen) < 1).mean():.1%}, "
            f"within 1.96 {(np.abs(seen) < 1.96).mean():.1%}, mean {seen.mean():+.2f}"
        )


def draw(found: list[Trial], case: Case, out: Path) -> None:
    """Draw coverage against nominal level, of middles and of single devices."""
    from matplotlib.figure import Figure
    from scipy.stats import norm

    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    scores = np.concatenate([t.scores for t in found], axis=1)
    for k, name in enumerate(case.truth):
        reached = np.array([t.reached[name] for t in found])
        axes[0].plot(LEVELS, [(reached <= level).mean() for level in LEVELS], lw=1.2, label=name)
        axes[1].plot(
            LEVELS,
            [(np.abs(scores[k]) < norm.ppf(0.5 + level / 2)).mean() for level in LEVELS],
            lw=1.2,
        )
    n = len(found)
    band = 1.96 * np.sqrt(LEVELS * (1 - LEVELS) / n)
    axes[0].fill_between(
        LEVELS, LEVELS - band, LEVELS + band, color="0.85", label=f"95 % of {n} trials"
    )
    for ax, title in zip(axes, ("middle of the population", "single devices"), strict=True):
        ax.plot([0, 1], [0, 1], "k--", lw=0.8)
        ax.set_xlabel("nominal level of the interval")
        ax.set_title(title, fontsize=10)
    axes[0].set_ylabel("share of intervals that hold the truth")
    axes[0].legend(fontsize=7, frameon=False)
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=120)


if __name__ == "__main__":
    main()
