"""DC cycles of a large population, streamed over chunks of devices so that memory stays bounded.

Run: python benchmarks/population.py [--devices 10000] [--cycles 50] [--chunk 250]

Each chunk is measured, its thresholds found, and its currents dropped. Prints the time for growing populations, the
time a device-cycle, and the largest memory in use. Chunks are populations of their own seeds.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import replace

import numpy as np

from acanthite import analysis, film, threads
from acanthite.device import Devices, Filament
from acanthite.measurement import Sweep, run


def thresholds(devices: Devices, program: Sweep, chunk: int) -> np.ndarray:
    """Return the set voltages of all devices, shape (device, cycle), holding one chunk's currents at a time. [V]"""
    found = []
    for k, start in enumerate(range(0, len(devices), chunk)):
        part = replace(devices, values=devices.values[start : start + chunk], seed=devices.seed + k)
        found.append(analysis.switching(run(part, program)).set_voltage)
    return np.concatenate(found)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--chunk", type=int, default=250)
    chosen = parser.parse_args()
    nominal, program = (
        Filament.from_film(film.grow()),
        Sweep(-0.4, 0.4, rate=5.0, cycles=chosen.cycles),
    )
    run(nominal.sample(1, seed=0), Sweep(-0.01))  # loads the kernel
    print(f"{chosen.cycles} cycles of 320 samples, {threads.count()} threads")
    for n in sorted({max(1, chosen.devices // 16), max(1, chosen.devices // 4), chosen.devices}):
        start = time.perf_counter()
        v = thresholds(nominal.sample(n, seed=1), program, chosen.chunk)
        took = time.perf_counter() - start
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{n:7d} devices  {took:8.2f} s  {1e3 * took / v.size:.3f} ms a device-cycle  {memory:.0f} MiB at most  "
            f"V_set {np.nanmean(v):+.4f} V, {np.isfinite(v).mean():.1%} set"
        )


if __name__ == "__main__":
    main()
