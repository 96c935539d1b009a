"""Writes rc_array.csv: currents out of the bit lines of a small array in time, by ngspice. Run from this folder; needs ngspice."""

import subprocess
from pathlib import Path

import numpy as np

N, M = 3, 4
G = np.geomspace(1e-6, 1e-3, N * M)[np.random.default_rng(5).permutation(N * M)].reshape(N, M)
WORD = [0.2, -0.1, 0.3]
R_WORD, R_BIT, DRIVER, SENSE = 20.0, 35.0, 500.0, 200.0
C_WORD, C_BIT, C_CROSS = 40e-15, 60e-15, 25e-15
EDGE, STOP = 20e-12, 600e-12
HERE = Path(__file__).parent


def netlist() -> str:
    """Return the array as a netlist; drivers on the left, sense amplifiers at the bottom."""
    lines = ["array of RC lines"]
    for i in range(N):
        lines += [f"Vw{i} s{i} 0 PWL(0 0 {EDGE} {WORD[i]})", f"Rd{i} s{i} w{i}_0 {DRIVER + R_WORD}"]
    for i in range(N):
        for j in range(M):
            w, b = f"w{i}_{j}", f"b{i}_{j}"
            lines += [f"Rm{i}_{j} {w} {b} {float(1 / G[i, j])!r}", f"Cx{i}_{j} {w} {b} {C_CROSS}"]
            lines += [f"Cw{i}_{j} {w} 0 {C_WORD}", f"Cb{i}_{j} {b} 0 {C_BIT}"]
            if j + 1 < M:
                lines.append(f"Rw{i}_{j} {w} w{i}_{j + 1} {R_WORD}")
            if i + 1 < N:
                lines.append(f"Rb{i}_{j} {b} b{i + 1}_{j} {R_BIT}")
    for j in range(M):
        lines += [f"Rs{j} b{N - 1}_{j} o{j} {SENSE + R_BIT}", f"Vo{j} o{j} 0 0"]
    names = " ".join(f"i(Vo{j})" for j in range(M))
    lines += [
        ".options reltol=1e-7 abstol=1e-16 vntol=1e-12 method=trap", f".tran 0.2p {STOP} 0 0.2p uic", ".control", "run",
        "set wr_vecnames", "set wr_singlescale", "linearize", f"wrdata out.txt {names}", "quit", ".endc", ".end",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (HERE / "array.cir").write_text(netlist())
    subprocess.run(["ngspice", "-b", "array.cir"], cwd=HERE, check=True, capture_output=True)
    data = np.loadtxt(HERE / "out.txt", skiprows=1)
    rows = data[
        np.searchsorted(data[:, 0], [5e-12, 20e-12, 50e-12, 100e-12, 200e-12, 400e-12, 599e-12])
    ]
    np.savetxt(HERE / "rc_array.csv", rows, delimiter=",", fmt="%.9g",
               header="time (s), current out of each bit line (A); ngspice, made by rc_array.py")  # fmt: skip
    for name in ("array.cir", "out.txt"):
        (HERE / name).unlink()
