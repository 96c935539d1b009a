"""Write a folder of lab files to try ``acanthite analyse`` on: the twin's devices, measured by the virtual instrument.

    python scripts/make_lab_folder.py "wafer 7"
    acanthite analyse "wafer 7" --out report

Five devices swept 20 times each, an EasyEXPERT file a device; ladders of pulses; a leakage sweep; and a damaged file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import acanthite as ac
from acanthite.constants import celsius, nm
from acanthite.measurement import SMU, PulseLadder, Sweep, run, write


def main(folder: Path) -> None:
    """Write the files."""
    film = ac.film.grow(ac.film.Recipe(thickness=200 * nm, anneal_temperature=celsius(160)))
    devices = ac.device.Filament.from_film(film).sample(5, seed=1)
    loops = run(devices, Sweep(-0.5, 0.5, rate=2.0, cycles=20), instrument=SMU)
    for n in range(5):
        one = loops.isel(device=[n]).assign_attrs(test="DC loop")
        write(one, folder / f"D{n + 1} loop.csv", "easyexpert")
    write(run(devices, PulseLadder(up=30, down=30, repeats=5)), folder / "ladder.nc", "netcdf")
    v = np.linspace(0, 1, 101)
    leak = np.stack([v, 1e-9 * v * (1 + v * v) * (1 + 0.01 * np.sin(37 * v))], axis=1)
    np.savetxt(
        folder / "leak.csv", leak, fmt="%.5e", delimiter=",", header="V (V),I (A)", comments=""
    )
    (folder / "broken.csv").write_text("V (V),I (A)\n0,0\n0.1,1e-6x\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
