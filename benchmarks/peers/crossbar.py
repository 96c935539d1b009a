"""The array solver beside badcrossbar and ngspice: time and peak memory of the same arrays, in one run, one thread each.

Run: python benchmarks/peers/crossbar.py --peer-python PATH [--sizes 64 256 512 1024] [--inputs 100] [--ngspice 64 256]

PATH is the Python of an environment with badcrossbar (pip install badcrossbar; where pycairo cannot be built, which it needs
for drawing only, --no-deps with numpy, scipy, pathvalidate and sigfig). Devices are spread evenly over the logarithm from 1 uS
to 1 mS, segments have 1 ohm. Every solver runs in a process of its own: imports and a small solve first, so that compiled
code is loaded, then the clocks are started; later solves find their memory warm. Times are CPU times, which other work on the machine
lengthens less, by the clock in brackets; acanthite's are those of the median of three processes.
Memory is the peak resident size above that after the imports, and, in brackets, above that after the small solve.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHILD = r"""
import json, re, sys, time, types
import numpy as np
who, n, inputs, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), 1
def case(n):
    rng = np.random.default_rng(seed)
    return np.exp(rng.uniform(np.log(1e-6), np.log(1e-3), (n, n))), rng.uniform(0.0, 1.0, (inputs, n))
if who == "acanthite":
    from acanthite import threads
    from acanthite.crossbar import Crossbar
    threads.use(int(sys.argv[4]))
    def solve(G, V):
        found = Crossbar(G).solve(V if inputs > 1 else V[0])
        return np.atleast_2d(found.output_current), getattr(found, "iterations", 0)
else:
    try:
        import cairo
    except ImportError:
        class Anything(types.ModuleType):
            def __getattr__(self, name): return object
        sys.modules["cairo"] = Anything("cairo")
    import logging
    logging.disable(logging.CRITICAL)
    import badcrossbar
    logging.disable(logging.CRITICAL)
    def solve(G, V):
        found = badcrossbar.compute(V.T, 1.0 / G, 1.0)
        return np.asarray(found.currents.output), 0
def peak():  # of this process alone: getrusage's would start at that of the process that started it
    return int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) / 1024
imported = peak()
solve(*case(8))
loaded = peak()
G, V = case(n)
start, cpu = time.perf_counter(), time.process_time()
out, iterations = solve(G, V)
wall, cpu = time.perf_counter() - start, time.process_time() - cpu
again = cpu
for _ in range(3 if wall < 3.0 else n <= 512):
    start = time.process_time()
    solve(G, V)
    again = min(again, time.process_time() - start)
print("RESULT" + json.dumps({
    "wall": wall, "again": again, "cpu": cpu, "memory": peak() - imported, "arrays": max(peak() - loaded, 0.01), "iterations": iterations,
    "first": out[0].tolist(),
}))
"""


def child(python: str, *arguments: object) -> dict:
    """Run one solve in a process of its own."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(names, "1")}
    done = subprocess.run(
        [python, "-c", CHILD, *map(str, arguments)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return json.loads(done.stdout.rpartition("RESULT")[2])


def ngspice(n: int) -> dict:
    """Run the same array in ngspice (KLU where it has it); its parsing and printing count, as they do for its user."""
    import numpy as np

    from acanthite.crossbar import Crossbar, netlist

    rng = np.random.default_rng(1)
    G, V = np.exp(rng.uniform(np.log(1e-6), np.log(1e-3), (n, n))), rng.uniform(0.0, 1.0, (1, n))[0]
    with tempfile.TemporaryDirectory() as folder:
        text = netlist(Crossbar(G), V).replace(".options", ".options klu")
        (Path(folder) / "array.cir").write_text(text)
        start, used = time.perf_counter(), children()
        done = subprocess.run(
            ["ngspice", "-b", "array.cir"], cwd=folder, capture_output=True, text=True, check=True
        )
        wall, cpu = time.perf_counter() - start, children() - used
        lines = [x for x in (Path(folder) / "currents.txt").read_text().splitlines() if "=" in x]
        if not lines:
            sys.exit(done.stdout + done.stderr)
    return {"wall": wall, "cpu": cpu, "first": [float(x.rpartition("=")[2]) for x in lines]}


def children() -> float:
    """Return the CPU time of the processes started so far. [s]"""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def difference(ours: list[float], theirs: list[float]) -> float:
    """Return the largest difference of output currents over the largest current."""
    return max(abs(a - b) for a, b in zip(ours, theirs, strict=True)) / max(map(abs, theirs))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peer-python")
    parser.add_argument("--sizes", type=int, nargs="*", default=[64, 256, 512, 1024])
    parser.add_argument("--inputs", type=int, default=1)
    parser.add_argument("--ngspice", type=int, nargs="*", default=[])
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    for n in sorted({*chosen.sizes, *chosen.ngspice}):
        runs = [
            child(sys.executable, "acanthite", n, chosen.inputs, chosen.threads) for _ in range(3)
        ]
        ours = sorted(runs, key=lambda run: run["cpu"])[1]
        print(f"{n} x {n}, {chosen.inputs} inputs", flush=True)
        print(
            f"  acanthite    {ours['cpu']:9.4f} s ({ours['wall']:.4f}), later {ours['again']:.4f} s  "
            f"{ours['memory']:7.0f} ({ours['arrays']:.0f}) MiB  "
            f"{ours['iterations']} iterations",
            flush=True,
        )
        if chosen.peer_python and n in chosen.sizes:
            peer = child(chosen.peer_python, "badcrossbar", n, chosen.inputs)
            print(
                f"  badcrossbar  {peer['cpu']:9.4f} s ({peer['wall']:.4f}), later {peer['again']:.4f} s  "
                f"{peer['memory']:7.0f} ({peer['arrays']:.0f}) MiB  "
                f"ratio {peer['cpu'] / ours['cpu']:,.0f} (later {peer['again'] / ours['again']:,.0f}), "
                f"memory 1/{peer['memory'] / ours['memory']:.0f} (1/{peer['arrays'] / ours['arrays']:.0f}), "
                f"currents differ by {difference(ours['first'], peer['first']):.0e}",
                flush=True,
            )
        if n in chosen.ngspice and shutil.which("ngspice"):
            spice = ngspice(n)
            print(
                f"  ngspice      {spice['cpu']:9.4f} s ({spice['wall']:.4f})  ratio {spice['cpu'] / ours['cpu']:,.0f}, "
                f"currents differ by {difference(ours['first'], spice['first']):.0e}",
                flush=True,
            )


if __name__ == "__main__":
    main()
