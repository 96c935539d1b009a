"""Do the errors of a filament fitted by simulated moments hold? Populations of known parameters,
measured, fitted, counted.

    python benchmarks/moment_round_trip.py --trials 16 [--folder F]

Every trial draws devices whose parameters are all other than the twin's, takes their loops with a
source-measure unit, and fits them from the twin's own values. Printed is, for every parameter, the
median of its relative error as stated, how far off it was, and in which share of the trials the 95
% interval and one standard error hold the truth; then in which share the misfit is below 5 %. With
a folder every trial is kept as it is done, and a run that was stopped goes on from there.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from acanthite import fitting, threads
from acanthite.files import write_text
from acanthite.measurement import Sweep, run

FACTORS = {
    "migration_barrier": 0.93, "nucleation_field": 1.2, "contact_radius": 1.36, "radial_field": 1.3, "cycle_rupture": 0.68,
    "hrs_conductance": 4.0,
}  # fmt: skip
"""Of the twin's own values."""
SPREAD = {"migration_barrier": 0.03, "contact_radius": 0.35}
LOOP = Sweep(-0.4, 0.4, rate=5.0, step=5e-3)


def trial(
    seed: int, devices: int, cycles: int, **options
) -> tuple[dict[str, tuple[float, ...]], float | None]:
    """Return estimate over truth, its standard error and its interval for every parameter and
    spread, and the misfit.
    """
    from dataclasses import replace

    threads.use(1)
    law = fitting.filament()
    truth = {name: factor * law.parameters[name] for name, factor in FACTORS.items()}
    loops = run(
        law.sample(devices, seed=seed, spread=SPREAD, **truth), replace(LOOP, cycles=cycles)
    )
    found = fitting.fit_moments(loops, law, seed=seed, **options)
    told: dict[str, tuple[float, ...]] = {}
    for name, p in found.parameters.items():
        told[name] = tuple(np.array([p.value, p.error, *p.interval]) / truth[name])
        if p.device_spread:
            told[f"{name} spread"] = _spread(np.array(p.device_spread) / SPREAD[name])
    return told, found.misfit


def _spread(ends: np.ndarray) -> tuple[float, ...]:
    """Return value, standard error and interval of a spread, the error from its interval's
    logarithmic width.
    """
    return ends[0], ends[0] * np.log(ends[2] / ends[0]) / 2.0, ends[1], ends[2]


def kept_trial(
    seed: int, folder: Path | None, devices: int, cycles: int, points: int
) -> tuple[dict[str, tuple[float, ...]], float | None]:
    """Return what :func:`trial` gives, computed where the folder does not have it."""
    if folder is None:
        return trial(seed, devices, cycles, points=points)
    path = folder / f"trial-{seed}-{devices}-{cycles}-{points}.json"
    if not path.exists():
        write_text(path, json.dumps(trial(seed, devices, cycles, points=points)) + "\n")
    told, misfit = json.loads(path.read_text(encoding="utf-8"))
    return told, misfit


def show(found: list[tuple[dict[str, tuple[float, ...]], float | None]]) -> None:
    """Print the table."""
    print(f"{'parameter':24s} {'error':>8s} {'off by':>8s} {'95 %':>8s} {'1 s.e.':>8s}")
    for name in found[0][0]:
        value, error, low, high = np.array([told[name] for told, _ in found]).T
        off = np.abs(np.log(value))
        inside, near = np.mean((low <= 1) & (high >= 1)), np.mean(off <= error / value)
        print(
            f"{name:24s} {np.median(error / value):8.2g} {np.median(off):8.2g} {inside:8.0%} "
            f"{near:8.0%}"
        )
    misfits = [p for _, p in found if p is not None]
    if misfits:
        print(
            f"misfit below 5 % in {np.mean(np.array(misfits) < 0.05):.0%} of {len(misfits)} trials"
        )


def main() -> None:
    """Run the trials and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=16)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--devices", type=int, default=50)
    parser.add_argument("--cycles", type=int, default=4)
    parser.add_argument("--points", type=int, default=16)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where trials are kept, to go on from")
    given = parser.parse_args()
    if given.folder is not None:
        given.folder.mkdir(parents=True, exist_ok=True)
    begun, found = time.perf_counter(), []
    work = partial(
        kept_trial,
        folder=given.folder,
        devices=given.devices,
        cycles=given.cycles,
        points=given.points,
    )
    with ProcessPoolExecutor(given.jobs) as pool:
        for one in pool.map(work, range(given.first, given.first + given.trials)):
            found.append(one)
            print(f"{len(found)} trials, {time.perf_counter() - begun:.0f} s", flush=True)
    show(found)


if __name__ == "__main__":
    main()
