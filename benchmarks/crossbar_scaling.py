"""Cost of an array solve against its size, with iterations, for easy and hard cases, and the floor beside it.

Run: NUMBA_NUM_THREADS=1 OMP_NUM_THREADS=1 python benchmarks/crossbar_scaling.py [--out FIGURE.png] [--largest 1024]

The floor is what one iteration must move, 16 numbers a cell (what each of the two sweeps reads and writes once), over the
bandwidth of this machine, measured in the same run by a large copy.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from acanthite.crossbar import Crossbar
from acanthite.drawing import look

CASES = {
    "1 Ω, 1 µS to 1 mS": (1.0, 1e-6),
    "10 Ω, 1 µS to 1 mS": (10.0, 1e-6),
    "1 Ω, 1 nS to 1 mS": (1.0, 1e-9),
    "10 Ω, 1 nS to 1 mS": (10.0, 1e-9),
    "10 Ω, all 1 mS": (10.0, 1e-3),
}
NUMBERS = 16  # moved a cell and iteration


def best(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the least CPU time of this thread. [s]"""
    taken = []
    for _ in range(repeats):
        start = time.thread_time()
        work()
        taken.append(time.thread_time() - start)
    return min(taken)


def bandwidth() -> float:
    """Return what a large copy moves, read and written. [B/s]"""
    a = np.ones(1 << 25)
    b = np.empty_like(a)
    return 2 * a.nbytes / best(lambda: np.copyto(b, a), 5)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path)
    parser.add_argument("--largest", type=int, default=1024)
    chosen = parser.parse_args()
    sizes = [n for n in (32, 64, 128, 256, 512, 1024, 2048) if n <= chosen.largest]
    rate = bandwidth()
    print(f"copy: {rate / 1e9:.1f} GB/s")
    found: dict[str, list[tuple[int, int, float]]] = {}
    for name, (r, low) in CASES.items():
        for n in sizes:
            rng = np.random.default_rng(1)
            G, V = np.exp(rng.uniform(np.log(low), np.log(1e-3), (n, n))), rng.uniform(0.0, 1.0, n)
            solution = Crossbar(G, r, r).solve(V)
            took = best(
                lambda G=G, V=V, r=r: Crossbar(G, r, r).solve(V).output_current,
                1 if n > 1024 else 3,
            )
            floor = NUMBERS * 8 * n * n * solution.iterations / rate
            found.setdefault(name, []).append((n, solution.iterations, took))
            print(
                f"{name:>20} {n:5d} {solution.iterations:4d} iterations {1e3 * took:9.2f} ms, floor {1e3 * floor:8.2f} ms",
                flush=True,
            )
    if chosen.out:
        with look():
            draw(found, rate, chosen.out)


def draw(found: dict[str, list[tuple[int, int, float]]], rate: float, out: Path) -> None:
    """Draw time and iterations against size."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for k, (name, rows) in enumerate(found.items()):
        n, iterations, took = (np.array(part, float) for part in zip(*rows, strict=True))
        left.loglog(n, took, "o-", color=f"C{k}", ms=4, label=name)
        left.loglog(n, NUMBERS * 8 * n**2 * iterations / rate, ":", color=f"C{k}", lw=1)
        right.loglog(n, iterations, "o-", color=f"C{k}", ms=4, label=name)
    left.loglog([], [], ":", color="0.4", lw=1, label="memory floor")
    left.set(xlabel="word lines = bit lines", ylabel="CPU time of a solve (s)")
    right.set(xlabel="word lines = bit lines", ylabel="iterations to $10^{-10}$")
    for ax in (left, right):
        ax.set_xticks(
            [n for n, *_ in next(iter(found.values()))],
            [str(n) for n, *_ in next(iter(found.values()))],
            minor=False,
        )
        ax.minorticks_off()
        ax.grid(alpha=0.3)
    left.legend(fontsize=7, frameon=False)
    figure.savefig(out, dpi=130)


if __name__ == "__main__":
    main()
