"""Draw docs/images/fit_measured.png: VTEAM fitted to a measured device, one set of parameters for all cycles or one for each.

python scripts/draw_measured_fit.py 'endurance set.xlsx' 'endurance reset.xlsx'
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from acanthite import fitting
from acanthite.device import MODELS
from acanthite.drawing import name_panel, new_figure, save_png
from acanthite.measurement import read

OUT = Path(__file__).parents[1] / "docs" / "images" / "fit_measured.png"


def main() -> None:
    """Fit, print the residuals in decades, draw."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("books", nargs=2, type=Path, help="SETs and RESETs of one device")
    loops = fitting.interleave(*(read(book)[0] for book in parser.parse_args().books))
    figure, axes = new_figure(10, 7, 2, 2, sharey="row")
    for column, each, holdout, title in (
        (0, "device", 0.3, "one set of parameters, three cycles held out"),
        (1, "cycle", 0.0, "a set for each cycle"),
    ):
        found = fitting.fit(
            loops, MODELS["vteam"], fixed={"exponential": 1.0}, each=each, holdout=holdout
        )
        held = "" if found.held_out is None else f", held out {found.held_out / np.log(10):.2f}"
        print(f"{title}: {found.rms / np.log(10):.2f} decades{held}")
        name_panel(fitting.plot_curves(found, axes[0, column]), title)
        fitting.plot_residuals(found, axes[1, column])
    for ax in axes[:, 1]:
        ax.set_ylabel("")
    save_png(figure, OUT)


if __name__ == "__main__":
    main()
