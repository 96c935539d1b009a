"""What studies cost beside their points: overhead, efficiency, memory, and a model for many workers.

    python benchmarks/studies.py                 # all but the million devices
    python benchmarks/studies.py --devices 1000000 --cycles 50

The cost model: a point costs its own time t and an overhead h of the driver, which is one process.
With w workers a study of n points takes n max(t / w, h) + the tail of one batch; the driver is the
bottleneck from w = t / h workers on. Times of single points are those of this machine while the
benchmark ran.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

from acanthite.studies import Axis, ParameterStudy, run_study

SPIN = 1.0  # s of work of a point


def spin(x, seconds=SPIN, seed=1):
    """Keep a core busy for so many seconds of its own time."""
    end = time.process_time() + seconds
    total = 0.0
    while time.process_time() < end:
        total += x
    return {"value": x}


def tiny(x, y, seed=1):
    return {"value": x * y + seed}


def timed(study, **options):
    """Return how long a study takes in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run_study(study, Path(folder) / "s", **options)
        return time.perf_counter() - start


def efficiency(points, **options):
    """Return what two bare processes need for one-second points over what a study with two workers
    needs, start-up of both left out: bare ones run before and after, whatever else the machine does.
    """
    before = bare(points)
    short, long = (
        timed(ParameterStudy(spin, (Axis("x", values=tuple(range(n))),)), **options)
        for n in (2, points)
    )
    after = bare(points)
    return (before + after) / 2 * (points - 2) / points / (long - short)


def rate(points, workers, **options):
    """Return how many one-second points a second so many workers do, start-up left out."""
    short, long = (
        timed(ParameterStudy(spin, (Axis("x", values=tuple(range(n))),)), **options)
        for n in (workers, points)
    )
    return (points - workers) / (long - short)


def cluster_rate(points, workers):
    """Return how many one-second points a second a Dask cluster on this machine does."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as cluster:
        return rate(points, workers, scheduler=cluster.scheduler_address)


def twice(rates):
    """Return what two workers do over twice what one does, as text."""
    one, two = rates
    return f"{two / (2 * one):.1%} of twice one"


def bare(points):
    """Return how long two processes take that do half of the points each, and nothing else."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        pool.map(spin_many, (1, 1), chunksize=1)  # both are there
        start = time.perf_counter()
        pool.map(spin_many, (points // 2, points // 2), chunksize=1)
        return time.perf_counter() - start


def spin_many(points):
    for k in range(points):
        spin(k)


def overhead(points, workers):
    axes = Axis("x", low=0.0, high=1.0), Axis("y", low=0.0, high=1.0)
    short, long = (
        timed(ParameterStudy(tiny, axes, design="random", points=n), workers=workers)
        for n in (1000, points)
    )
    return (long - short) / (points - 1000)


def megabytes():
    """Return the largest memory of this process, and of one of its children."""
    own, children = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own, children


def model(overhead_seconds):
    """Print the points a second that workers do, by the time of a point."""
    print("\npoints/s by the model, for points of 10 ms, 1 s, 60 s:")
    for workers in (1, 2, 10, 100, 1000):
        rates = [1 / max(t / workers, overhead_seconds) for t in (0.01, 1.0, 60.0)]
        print(f"  {workers:>5} workers: " + ", ".join(f"{rate:.4g}" for rate in rates))
    print(
        f"  the driver is the bottleneck beyond {1.0 / overhead_seconds:.0f} workers of 1 s points"
    )


def million(devices, cycles, block):
    settings = {"devices": devices, "cycles": cycles, "block": block}
    study = ParameterStudy("population", (Axis("thickness", values=(5e-8,)),), fixed=settings)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        result = run_study(study, Path(folder) / "s", workers=2)
        spent = time.perf_counter() - start
    own, children = megabytes()
    data = result.data.squeeze()
    print(
        f"{devices} devices x {cycles} cycles: {spent:.0f} s, {own:.0f} MB here, {children:.0f} MB a "
        f"worker; threshold {float(data.set_voltage_mean):.4f} +- {float(data.set_voltage_std):.4f} V"
    )


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--points", type=int, default=24, help="of one second")
    options.add_argument("--small", type=int, default=100_000, help="points of no time at all")
    options.add_argument("--devices", type=int, help="only a population of so many devices")
    options.add_argument("--cycles", type=int, default=50)
    options.add_argument("--block", type=int, default=2_000)
    chosen = options.parse_args()
    if chosen.devices:
        million(chosen.devices, chosen.cycles, chosen.block)
        return
    processes = twice(rate(chosen.points, n, workers=n) for n in (1, 2))
    beside = efficiency(chosen.points, workers=2)
    print(f"two processes: {processes}, {beside:.1%} of two bare processes")
    try:
        from distributed import LocalCluster
    except ImportError:
        print("Dask cluster: not run (pip install 'acanthite[distributed]')")
    else:
        workers = twice(cluster_rate(chosen.points, n) for n in (1, 2))
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
            beside = efficiency(chosen.points, scheduler=cluster.scheduler_address)
        print(f"two Dask workers: {workers}, {beside:.1%} of two bare processes")
    for workers in (1, 2):
        spent = overhead(chosen.small, workers)
        print(f"{chosen.small} points, {workers} workers: {1e6 * spent:.0f} us a point")
    own, children = megabytes()
    print(f"memory: {own:.0f} MB here, {children:.0f} MB a worker")
    model(spent)


if __name__ == "__main__":
    main()
