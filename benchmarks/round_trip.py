"""Do stated errors hold? Populations of known parameters, written as lab files, read, and fitted; how often intervals cover.

    python benchmarks/round_trip.py --trials 100 --out docs/images/fit_calibration.png

Every trial draws VTEAM devices with spread, takes their loops with a noisy instrument, writes them as EasyEXPERT CSV or as a
table, reads the files back and fits them from the law's defaults. Printed is, for every parameter, in which share of the trials the 95 %
interval of the population's middle, and that of its spread, holds the truth; drawn is the share against the nominal level.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from acanthite import analysis, fitting, threads
from acanthite.device import MODELS
from acanthite.measurement import Instrument, Sweep, read, run
from acanthite.measurement.io import write

TRUTH = {
    "k_off": 2e-7, "k_on": -1e-7, "alpha_off": 2.0, "alpha_on": 3.0, "v_off": 0.3, "v_on": -0.25, "r_off": 2e5, "r_on": 2e3,
}  # fmt: skip
SPREAD = {"k_off": 0.15, "k_on": 0.15, "v_off": 0.08, "v_on": 0.08, "r_off": 0.2, "r_on": 0.1}
NOISY = Instrument("noisy", 0.1, 1e-9, 5e-3)
LOOP = Sweep(-0.6, 0.8, rate=1.0, step=0.01)
LEVELS = np.linspace(0.05, 0.99, 48)


def trial(seed: int, n_devices: int, points: int) -> tuple[dict[str, float], dict[str, bool], np.ndarray]:
    """Return each middle's level at which its interval just holds the truth, whether spreads do, and the devices' z-scores."""
    from acanthite.fitting.population import middle

    threads.use(1)
    law = MODELS["vteam"]
    devices = law.sample(n_devices, seed=seed, spread=SPREAD, **TRUTH)
    loops = run(devices, LOOP, instrument=NOISY, tolerance=1e-5)
    kind = ("easyexpert", "csv")[seed % 2]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loops.csv"
        write(loops, path, kind)
        back = read(path)
    analysis.switching(back[0])
    found = fitting.fit(back, law, points=points, seed=seed)
    reached, spreads, scores = {}, {}, []
    names = list(law.parameters)
    for name, p in found.parameters.items():
        one = found.curves.sel(parameter=name)
        relative = (one["error"] / np.abs(one["value"])).values
        logs = np.log(np.abs(one["value"].values))
        true = np.log(np.abs(devices.values[:, names.index(name)]))
        scores.append((logs - true) / relative)
        device = np.arange(len(logs))
        inside = [
            level for level in LEVELS
            if (m := middle(logs, relative, device, level)).interval[0] <= np.log(abs(TRUTH[name])) <= m.interval[1]
        ]  # fmt: skip
        reached[name] = min(inside, default=1.0)
        if p.device_spread:
            spreads[name] = bool(p.device_spread[1] <= SPREAD.get(name, 0.0) <= p.device_spread[2])
            low, high = p.interval
            reached[f"{name}:95"] = float(low <= TRUTH[name] <= high)
    return reached, spreads, np.array(scores)


def main() -> None:
    """Run the trials, print the table, draw the calibration."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--devices", type=int, default=6)
    parser.add_argument("--points", type=int, default=512)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    begun, found = time.perf_counter(), []
    with ProcessPoolExecutor(given.jobs) as pool:
        seeds = range(given.first, given.first + given.trials)
        for one in pool.map(partial(trial, n_devices=given.devices, points=given.points), seeds):
            found.append(one)
            if len(found) % 10 == 0:
                print(f"{len(found)} trials, {time.perf_counter() - begun:.0f} s", flush=True)
    show(found)
    if given.out:
        draw(found, given.out)


def show(found: list[tuple[dict[str, float], dict[str, bool], np.ndarray]]) -> None:
    """Print the coverage of every parameter's 95 % intervals."""
    print(
        f"{'parameter':12s} {'middle':>8s} {'spread':>8s} {'device':>8s}   share of 95 % intervals that hold the truth"
    )
    scores = np.concatenate([s for _, _, s in found], axis=1)
    for k, name in enumerate(TRUTH):
        share = np.mean([reached[f"{name}:95"] for reached, _, _ in found])
        spread = np.mean([s[name] for _, s, _ in found])
        device = np.mean(np.abs(scores[k][np.isfinite(scores[k])]) < 1.96)
        print(f"{name:12s} {share:8.1%} {spread:8.1%} {device:8.1%}")


def draw(found: list[tuple[dict[str, float], dict[str, bool], np.ndarray]], out: Path) -> None:
    """Draw coverage against nominal level, of middles and of single devices."""
    from matplotlib.figure import Figure
    from scipy.stats import norm

    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    scores = np.concatenate([s for _, _, s in found], axis=1)
    for k, name in enumerate(TRUTH):
        reached = np.array([r[name] for r, _, _ in found])
        axes[0].plot(LEVELS, [(reached <= level).mean() for level in LEVELS], lw=1.2, label=name)
        axes[1].plot(
            LEVELS, [(np.abs(scores[k]) < norm.ppf(0.5 + level / 2)).mean() for level in LEVELS], lw=1.2
        )
    n = len(found)
    band = 1.96 * np.sqrt(LEVELS * (1 - LEVELS) / n)
    axes[0].fill_between(LEVELS, LEVELS - band, LEVELS + band, color="0.85", label=f"95 % of {n} trials")
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
