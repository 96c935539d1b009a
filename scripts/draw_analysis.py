"""Draw docs/images/analysis.png: what the analysis makes of simulated loops, cycles and pulses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from acanthite import analysis, device, film, measurement
from acanthite.analysis.conduction.mechanisms import MECHANISMS
from acanthite.drawing import look
from acanthite.random import generator

OUT = Path(__file__).parents[1] / "docs" / "images" / "analysis.png"


def main() -> None:
    """Simulate, analyse, draw."""
    rng = generator(1, "docs")
    with look():
        figure = Figure(figsize=(13, 7.6), layout="constrained")
        axes = figure.subplots(2, 3).ravel()
        loops = measurement.run(
            device.Filament.from_film(film.grow(film.Recipe())).sample(1, seed=1),
            measurement.Sweep(-0.5, 0.5, cycles=100),
        )
        events = analysis.find_events(loops)
        analysis.plot_switching(loops, events, axes[0])
        voltages = np.abs(events.set_voltage)
        fits = analysis.compare_distributions(voltages, unit="V")
        analysis.plot_distribution(voltages, fits, label="|SET voltage|", unit="V", ax=axes[1])

        cycle = np.arange(2000)
        hrs = 1e6 * 10 ** (-cycle / 2500 + 0.15 * rng.standard_normal((6, 2000)))
        lrs = 2e4 * 10 ** (0.05 * rng.standard_normal((6, 2000)))
        analysis.plot_endurance(lrs, hrs, analysis.FailureCriterion(), axes[2])

        t = np.geomspace(1, 1e4, 20)
        r = 1e4 * t**0.05 * np.exp(0.05 * rng.standard_normal(20))
        analysis.plot_retention(t, r, analysis.fit_retention(t, r, 3e4), 3e4, axes[3])

        x = np.linspace(0, 1, 65)
        up, down = (
            np.expm1(-x / analysis.shape_of(q)) / np.expm1(-1 / analysis.shape_of(q))
            for q in (2.4, -4.9)
        )
        levels = (
            1e-6 + 1e-5 * (g + 0.01 * rng.standard_normal((10, 65))) for g in (up, down[::-1])
        )
        analysis.plot_pulse_response(analysis.pulse_response(*levels), ax=axes[4])

        v = np.linspace(0.01, 1, 100)
        i = MECHANISMS["poole-frenkel"].current(v, 1e-10, 8.0) * (
            1 + 0.03 * rng.standard_normal(100)
        )
        i = np.abs(i + 3e-12 * rng.standard_normal(100))
        analysis.plot_conduction(v, i, analysis.fit_conduction(v, i), ax=axes[5])
        figure.savefig(OUT, dpi=90)


if __name__ == "__main__":
    main()
