"""Calibrate the filament law: which claims it is fitted to, how well they fix it, what stays free.

    pip install ".[calibrate]" && python scripts/calibrate.py [--seed 4201] [--steps 24000] [--folder F]

Fitted claims (everything else in the ledger is held back):

1. nucleation, in closed form: V_set of 50 nm (0.22 V) and its C_v (12.5 %), V_set of 200 nm
   (0.1 V), V_set from the Au side (0.6 V), no set of un-annealed devices within 1 V, no failure in
   1e4 write-read cycles. Free: B, N_s, W of the 50 nm film, W of the un-annealed film, B_Au, and
   the sweep rate R, which the paper does not state.
2. spreads, by simulation on the calibration seed: C_v of V_reset (30.9 %, less its standard
   error), of the LRS without (60 %) and with 10 uA (5.8 %), of G_max (6 %). Free: one width each.
3. numbers set by hand, each to one claim: how far each may go before that claim no longer matches,
   by simulation on the calibration seed, the others held.

Prints the fit, its uncertainty and correlations (affine-invariant MCMC), and writes
docs/calibration.md and its picture. An hour of one core. With a folder every stage is
kept as it is done, and a run that was stopped goes on from there, to the same numbers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import emcee
import numpy as np
from chains import moved, split_rhat
from scipy.optimize import brentq, least_squares, minimize

from acanthite import analysis, measurement
from acanthite.claims import claim, published
from acanthite.constants import boltzmann, eV, nm, uA
from acanthite.device.laws.nucleation import RampNucleation
from acanthite.drawing import BLUE, INK, look, new_figure
from acanthite.figures import Settings, experiments, figure, recipes
from acanthite.files import atomic, write_text
from acanthite.film import Recipe, grow
from acanthite.parameters import AG2S, ParameterSet

ROOT = Path(__file__).parents[1]
NAMES = ("B [eV V]", "lg N_s", "W_50 [eV]", "W_raw [eV]", "B_Au [eV V]", "lg R [V/s]")
LOW = np.array([0.01, 1.0, 0.35, 0.6, 0.03, np.log10(0.5)])  # of the flat priors
HIGH = np.array([0.12, 6.0, 0.70, 1.2, 0.40, np.log10(20.0)])
CUT = 0.1  # of the largest density, at a bound of the prior: what lies beyond is cut off
RATE = AG2S.value("instrument.sweep_rate")
KT = boltzmann * AG2S.value("filament.temperature")
ATTEMPTS = AG2S.value("filament.attempt_rate")
THICK = grow(Recipe(thickness=AG2S.value("stack.thick_film_thickness")))
CYCLE, DEVICE = AG2S.value("spread.cycle_barrier"), AG2S.value("spread.device_barrier")
RAW_DISORDER = grow(Recipe(anneal_temperature=None)).disorder
RESET_ERROR = 0.033  # of a C_v of fifty cycles; with a wider spread some contacts are so weak that reads dissolve them
CYCLES = 10_000  # of the endurance test, of which none is reported to fail
UNANNEALED_DEVICES = 30  # the paper shows that none sets and does not say of how many
WALKERS = 24
LONG = 50  # autocorrelation times of a chain that tells its own
MIXED = 1.01  # R-hat below which chains are taken for one
CHUNK = 100  # steps of the chain between one look at the disk and the next
COVERED = (0.05, 0.25)  # by a write pulse, of what clusters have left: tens of fJ three times over

# observed value and its standard error: half the last digit, or the sampling error of the paper's
# own sample
OBSERVED = {
    "V_set 50 nm": (published("fig2d.set-mean"), 0.005),
    "C_v set": (published("figS7.set-cv"), 0.013),
    "V_set 200 nm": (published("fig3e.set-mean"), 0.006),
    "V_set Au": (published("fig2h.gold-set"), 0.025),
}


def predict(theta: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the four observed numbers and the chance that an un-annealed device sets within 1 V."""
    field, log_sites, barrier, raw, gold, log_rate = theta
    prefactor, rate = ATTEMPTS * 10**log_sites, 10**log_rate

    def ramp(w: float, b: float, sigma: float) -> RampNucleation:
        return RampNucleation(prefactor, w, b, KT, rate, sigma)

    both = float(np.hypot(CYCLE, DEVICE))
    mean, _ = ramp(barrier * eV, field * eV, both).moments(1.0, 2001)
    within, sd = ramp(barrier * eV, field * eV, CYCLE).moments(1.0, 2001)
    thick, _ = ramp(THICK.migration_barrier, field * eV, both * THICK.disorder).moments(0.5, 2001)
    au, _ = ramp(barrier * eV, gold * eV, both).moments(2.0, 2001)
    sets = 1 - float(ramp(raw * eV, field * eV, both * RAW_DISORDER).survival(1.0))
    return np.array([mean, sd / within, thick, au]), sets


def failures(theta: np.ndarray) -> float:
    """Return how many of the paper's write-read cycles fail: to set, or to stay reset.

    A SET fails where no filament nucleates within its pulse; a RESET fails, as it is read, where
    one nucleates on gold within its pulse.
    """
    field, log_sites, barrier, _, gold, _ = theta
    volt, width = AG2S.value("pulse.write_voltage"), AG2S.value("pulse.endurance_width")
    attempts = ATTEMPTS * 10**log_sites * width * np.exp(-barrier * eV / KT)
    missed, wrong = (attempts * np.exp(-b * eV / (KT * volt)) for b in (field, gold))
    return CYCLES * float(np.exp(-missed) - np.expm1(-wrong))


def log_probability(theta: np.ndarray) -> float:
    """Return the log posterior: Gaussian claims, un-annealed devices and write-read cycles of
    which none failed, flat priors within bounds.
    """
    if not ((theta > LOW) & (theta < HIGH)).all():
        return -np.inf
    values, sets = predict(theta)
    target, error = np.array(list(OBSERVED.values())).T
    if not np.isfinite(values).all() or sets >= 1:
        return -np.inf
    return float(
        -0.5 * (((values - target) / error) ** 2).sum()
        + UNANNEALED_DEVICES * np.log1p(-sets)
        - failures(theta)
    )


def best_fit(rate: float | None = None) -> np.ndarray:
    """Return the most probable parameters, at a sweep rate [V/s] or, without one, with it.

    Un-annealed devices bound W of the raw film from below only: it is where one in ten thousand of
    them sets.
    """

    def whole(x: np.ndarray) -> np.ndarray:
        return np.array([*x[:3], 1.1, x[3], np.log10(rate) if rate else x[4]])

    start = np.array([0.043, 2.5, 0.485, 0.134, np.log10(7.0)])[: 4 if rate else 5]
    simplex = start + np.vstack(
        [np.zeros(start.size), np.diag([2e-3, 0.1, 5e-3, 5e-3, 0.1][: start.size])]
    )
    found = minimize(
        lambda x: -log_probability(whole(x)),
        start,
        method="Nelder-Mead",
        options={"initial_simplex": simplex, "xatol": 1e-6, "fatol": 1e-6, "maxfev": 4000},
    )
    best = whole(found.x)

    def sets(raw: float) -> float:
        return predict(np.array([*best[:3], raw, *best[4:]]))[1] - 1e-4

    best[3] = brentq(sets, 0.6, 1.19)
    return best


def film_law(best: np.ndarray) -> np.ndarray:
    """Return dW [eV], D_h [nm] and p of W(D) through the raw, the 50 nm and the 200 nm film."""
    grains = (
        np.array(
            [
                grow(Recipe(anneal_temperature=None)).grain_size,
                grow(Recipe()).grain_size,
                THICK.grain_size,
            ]
        )
        / nm
    )
    barriers = (
        np.array([best[3], best[2], THICK.migration_barrier / eV])
        - AG2S.value("film.grain_barrier") / eV
    )

    def miss(x: np.ndarray) -> np.ndarray:
        return np.log(x[0] / (1 + (grains / x[1]) ** x[2]) / barriers)

    return least_squares(miss, [0.8, 18.0, 3.2], x_scale=[0.1, 1.0, 0.3]).x


class Stages:
    """What a run has done so far, kept in a folder; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, seed: int, steps: int) -> None:
        self.folder = folder
        if folder is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        values = {key: quantity.value for key, quantity in AG2S.items()}
        stamp = hashlib.sha256(repr((seed, steps, sorted(values.items()))).encode()).hexdigest()
        if self.of("stamp", lambda: stamp) != stamp:
            raise SystemExit(
                f"--folder {folder} holds a run of another seed, number of steps or parameter set; "
                "expected a folder of its own for each"
            )

    def of(self, name: str, compute: Callable[[], Any]) -> Any:
        """Return what a stage gives, computed where the folder does not have it."""
        path = None if self.folder is None else self.folder / f"{name}.json"
        if path is not None and path.exists():
            return json.loads(path.read_text(encoding="utf-8"))
        result = compute()
        if path is not None:
            write_text(path, json.dumps(result) + "\n")
        return result

    @property
    def chain(self) -> Path | None:
        """Where the Markov chain is kept."""
        return None if self.folder is None else self.folder / "chain.npz"


def walk(start: np.ndarray, steps: int, seed: int, kept: Path | None = None) -> np.ndarray:
    """Return the Markov chain without its first third, shape (step, walker, parameter).

    It goes on from a file ``kept``, and stops there every hundred steps.
    """
    rng = np.random.Generator(np.random.Philox(seed))
    spread = np.array([1e-3, 0.05, 2e-3, 0.02, 3e-3, 0.05])
    positions = start + rng.normal(size=(WALKERS, start.size)) * spread
    np.random.seed(seed)  # noqa: NPY002 - emcee draws from the global state when it is made
    sampler = emcee.EnsembleSampler(WALKERS, start.size, log_probability)
    done = np.empty((0, WALKERS, start.size))
    if kept is not None and kept.exists():
        with np.load(kept) as file:
            done, positions = file["chain"], file["chain"][-1]
            name, words, place, has_gauss, gauss = (file[f"random_{k}"] for k in range(5))
        sampler.random_state = (str(name), words, int(place), int(has_gauss), float(gauss))
    while len(done) < steps:
        state: Any = sampler.run_mcmc(positions, min(CHUNK, steps - len(done)))
        positions = state.coords
        done = np.concatenate([done, np.asarray(sampler.get_chain())])
        sampler.reset()
        if kept is not None:
            arrays: dict[str, Any] = {"chain": done}
            arrays |= {f"random_{k}": part for k, part in enumerate(sampler.random_state)}
            with atomic(kept) as path:
                np.savez(path, **arrays)
    return done[steps // 3 :]


def times(chain: np.ndarray) -> np.ndarray:
    """Return the autocorrelation time of every parameter, in steps."""
    return emcee.autocorr.integrated_time(chain, quiet=True)


def sample(start: np.ndarray, steps: int, seed: int) -> np.ndarray:
    """Return draws of the posterior, shape (draw, parameter)."""
    chain = walk(start, steps, seed)
    print("autocorrelation times:", np.round(times(chain)), "of", len(chain), "steps")
    return chain.reshape(-1, start.size)


def with_value(parameters: ParameterSet, key: str, value: float) -> ParameterSet:
    """Return the set with one value changed."""
    return parameters.replace({key: replace(parameters[key], value=value)})


WIDTHS = {
    "spread.contact_radius": "fig2e.lrs-cv",
    "spread.radial_velocity": "fig2e.lrs-cv-compliance",
    "spread.rupture_field": "figS7.reset-cv",
    "spread.cluster_conductance": "fig4g.max-cv",
}
"""Widths, and the coefficient of variation that each is fitted to."""


def spreads(seed: int) -> dict[str, float]:
    """Return the widths that give the published coefficients of variation, by simulation with many
    devices.
    """

    def lrs(compliance: float | None) -> Callable[[Settings], float]:
        def of(s: Settings) -> float:
            p = s.parameters.group("instrument")
            program = measurement.Sweep(
                -p["sweep_stop"], 0.0, p["sweep_rate"], p["sweep_step"], 1, compliance
            )
            loops = measurement.run(
                experiments.devices(s, 1000, recipes.thin(s), experiment=90), program
            )
            return analysis.coefficient_of_variation(
                analysis.switching(loops).lrs_conductance
            ).value

        return of

    def reset(s: Settings) -> float:
        return experiments.thin_switching(s).per_device("reset_voltage").value

    def largest(s: Settings) -> float:
        g = analysis.conductance(experiments.ladders(s)).max("pulse").values
        return float(np.mean([analysis.coefficient_of_variation(x).value for x in g]))

    wanted: tuple[tuple[str, float, Callable[[Settings], float], float, float], ...] = (
        ("spread.contact_radius", 0.0, lrs(None), 0.3, 0.9),
        ("spread.radial_velocity", 0.0, lrs(10 * uA), 0.1, 1.2),
        ("spread.rupture_field", RESET_ERROR, reset, 0.1, 0.5),
        ("spread.cluster_conductance", 0.0, largest, 0.02, 0.12),
    )
    parameters, found = AG2S, {}
    for key, less, measure, low, high in wanted:
        name = WIDTHS[key]
        target = published(name) - less

        def miss(
            x: float,
            key: str = key,
            measure: Callable[[Settings], float] = measure,
            target: float = target,
        ) -> float:
            return measure(Settings(seed, parameters=with_value(parameters, key, x))) - target  # noqa: B023

        found[key] = cast(float, brentq(miss, low, high, xtol=0.005))
        parameters = with_value(parameters, key, found[key])
        print(
            f"{key} = {found[key]:.3f} gives {measure(Settings(seed, parameters=parameters)):.3f} "
            f"({name})"
        )
    return found


HAND_SET = {
    "filament.attempt_rate": "fig1c.energy-1",
    "filament.cluster_conductance": "fig1c.energy-1",
    "filament.contact_radius": "fig2e.lrs",
    "filament.growth_field": "fig3e.set-mean",
    "filament.growth_velocity": "fig3e.set-mean",
    "filament.junction_conductance": "fig2c.range",
    "filament.radial_field": "figS7.reset-cv",
    "filament.radial_velocity": "fig2e.lrs-cv-compliance",
    "filament.rupture_rate": "figS7.reset-cv",
    "filament.surface_barrier": "fig2f.retention",
}
FACTORS = (1 / 3, 1 / 1.5, 1 / 1.1, 1.1, 1.5, 3.0)
BARRIER_FACTORS = (0.9, 0.95, 0.98, 1.02, 1.05, 1.1)  # of an energy that stands in an exponent


def factors_tried(key: str) -> tuple[float, ...]:
    """Return the factors at which a number set by hand is tried."""
    return BARRIER_FACTORS if key.endswith("_barrier") else FACTORS


def ranges(seed: int, stages: Stages | None = None) -> dict[str, list[float]]:
    """Return by which of the factors a number set by hand may be changed and its claim matches."""
    stages = stages or Stages(None, seed, 0)
    kept = {}
    for key, name in HAND_SET.items():
        kept[key] = stages.of(key, lambda key=key, name=name: _matching(key, name, seed))
        print(f"{key}: {name} matches at", ", ".join(f"{f:.2f}" for f in kept[key]), flush=True)
    return kept


def _matching(key: str, name: str, seed: int) -> list[float]:
    """Return the factors of a parameter at which a claim matches."""
    matching = []
    for factor in factors_tried(key):
        parameters = with_value(AG2S, key, factor * AG2S.value(key))
        outcome = figure(name.split(".")[0]).compute(Settings(seed, parameters=parameters))
        if claim(name).verdict(outcome.estimates[name]) == "match":
            matching.append(factor)
    return matching


def _range(key: str, kept: list[float]) -> str:
    """Return a row of the table: the factors between which the claim matches."""
    ends = [f"{f:.3g}" for f in (min([1.0, *kept]), max([1.0, *kept]))]
    tried = factors_tried(key)
    if tried[0] in kept:
        ends[0] += " or less"
    if tried[-1] in kept:
        ends[1] += " or more"
    return f"| `{key}` | {AG2S.value(key):.4g} | `{HAND_SET[key]}` | {ends[0]} | {ends[1]} |"


def _length(chain: np.ndarray) -> str:
    """Say how long the chain is, by its own autocorrelation, and how alike its parts are."""
    fastest, slowest = times(chain).min(), times(chain).max()
    lengths = len(chain) / slowest
    said = (
        f"The chain has {chain.shape[1]} walkers of {len(chain)} steps, after a third was dropped. "
        f"Autocorrelation takes {fastest:.0f} to {slowest:.0f} steps, so that it holds some "
        f"{chain.shape[1] * lengths:.0f} independent draws of the slowest parameter."
    )
    if lengths < LONG:
        said += (
            f" It is {lengths:.0f} autocorrelation times long; below {LONG} they are a rough "
            "estimate themselves, and rather too short."
        )
    largest = split_rhat(chain).max()
    said += f" R-hat over the halves of all walkers is at most {largest:.3f}"
    if largest > MIXED:
        said += (
            f", above the {MIXED:g} that is asked of chains which have each seen all of the "
            "posterior: no walker has yet, only all of them together"
        )
    said += (
        ". From the first half of the chain to the second no median and no end of a 68 % interval "
        f"moves by more than {100 * moved(chain).max():.0f} % of that interval."
    )
    return said


def _cut(draws: np.ndarray) -> str:
    """Say which parameters end where their prior does."""
    ends = []
    for name, values, low, high in zip(NAMES, draws.T, LOW, HIGH, strict=True):
        counts, _ = np.histogram(values, 20, (low, high))
        for count, bound in ((counts[0], low), (counts[-1], high)):
            if count > CUT * counts.max():
                ends.append(f"{name} at {bound:.3g}")
    if not ends:
        return "No interval is cut off by the bounds of its flat prior."
    return (
        f"Flat priors cut off what these might be beyond: {', '.join(ends)}. Their intervals on that "
        "side, and of what goes with them, are those of the bound that was assumed."
    )


def report(
    best: np.ndarray,
    chain: np.ndarray,
    widths: dict[str, float],
    kept: dict[str, list[float]],
    seed: int,
    steps: int,
) -> str:
    """Return docs/calibration.md."""
    values, sets = predict(best)
    draws = chain.reshape(-1, best.size)
    low, middle, high = np.percentile(draws, [16, 50, 84], axis=0)
    correlation = np.corrcoef(draws.T)
    lines = [
        "# Calibration of the filament law",
        "",
        f"Made by `python scripts/calibrate.py --seed {seed} --steps {steps}`, {len(draws)} draws "
        "of the posterior; the text at its head says what is fitted and what is held back.",
        "",
        _length(chain),
        "",
        "| claim | published | fitted |",
        "|---|---|---|",
        *(
            f"| {n} | {o[0]:g} +- {o[1]:g} | {v:.4g} |"
            for (n, o), v in zip(OBSERVED.items(), values, strict=True)
        ),
        f"| un-annealed devices that set within 1 V | none | {sets:.2g} of them |",
        f"| write-read cycles of 1e4 that fail | none | {failures(best):.2g} |",
        "",
        f"| parameter | at R = {RATE:g} V/s | median and 68 % interval, R free |",
        "|---|---|---|",
        *(
            f"| {n} | {b:.4g} | {m:.4g} (-{m - lo:.2g}, +{hi - m:.2g}) |"
            for n, b, m, lo, hi in zip(NAMES, best, middle, low, high, strict=True)
        ),
        "",
        _cut(draws),
        "",
        f"The film law through these barriers: dW = {film_law(best)[0]:.3f} eV, D_h = "
        f"{film_law(best)[1]:.1f} nm, "
        f"p = {film_law(best)[2]:.2f}; W of the 200 nm film is held at "
        f"{THICK.migration_barrier / eV:.3f} eV, next to the grain's 0.2 eV. "
        "Only N_s nu0 enters here; nu0 is set by the pulses: a 0.3 V, 1 us pulse covers 12.6 % of "
        "what clusters have left, which "
        f"makes three rising energies of tens of femtojoules ({100 * COVERED[0]:g} to "
        f"{100 * COVERED[1]:g} % would do).",
        "",
        "Correlations of the posterior; near +-1 the claims fix only a combination of the two:",
        "",
        "| | " + " | ".join(NAMES) + " |",
        "|---" * (len(NAMES) + 1) + "|",
        *(
            f"| {n} | " + " | ".join(f"{c:+.2f}" for c in row) + " |"
            for n, row in zip(NAMES, correlation, strict=True)
        ),
        "",
        "![Posterior of the nucleation parameters](images/calibration.png)",
        "",
        "| width | value | fitted to |",
        "|---|---|---|",
        *(f"| `{k}` | {v:.3f} | its coefficient of variation |" for k, v in widths.items()),
        "",
        "Numbers set by hand, and the factors between which each may be changed, the others held, "
        "before its claim no longer matches (tried at "
        + ", ".join(f"{f:.3g}" for f in FACTORS)
        + ", a barrier at "
        + ", ".join(f"{f:.3g}" for f in BARRIER_FACTORS)
        + "):",
        "",
        "| number | value, SI | claim | from | to |",
        "|---|---|---|---|---|",
        *(_range(key, factors) for key, factors in kept.items()),
        "",
    ]
    return "\n".join(lines)


def picture(draws: np.ndarray, best: np.ndarray) -> None:
    """Draw every pair of parameters, the fit at the assumed rate marked."""
    n = len(NAMES)
    with look():
        figure, axes = new_figure(9.5, 9.5, n, n)
        for i in range(n):
            for j in range(n):
                ax = axes[i, j]
                if j > i:
                    ax.axis("off")
                elif i == j:
                    ax.hist(draws[:, i], 40, color=BLUE, alpha=0.6)
                    ax.axvline(best[i], color=INK, linewidth=1)
                    ax.set_yticks([])
                else:
                    ax.plot(
                        draws[::20, j], draws[::20, i], ",", color=BLUE, alpha=0.5, rasterized=True
                    )
                    ax.plot(best[j], best[i], "+", color=INK, markersize=9)
                ax.tick_params(labelsize=6)
                if i == n - 1:
                    ax.set_xlabel(NAMES[j], fontsize=8)
                if j == 0 and i > 0:
                    ax.set_ylabel(NAMES[i], fontsize=8)
        figure.savefig(ROOT / "docs" / "images" / "calibration.png", dpi=110)


def main() -> None:
    """Run the calibration."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seed", type=int, default=4201, help="of the simulations; not a seed a run reports on"
    )
    parser.add_argument("--steps", type=int, default=24000, help="of the Markov chains")
    parser.add_argument("--folder", type=Path, help="where stages are kept, to go on from")
    chosen = parser.parse_args()
    stages = Stages(chosen.folder, chosen.seed, chosen.steps)
    best = np.array(stages.of("best_fit", lambda: best_fit(RATE).tolist()))
    print("best fit:", dict(zip(NAMES, np.round(best, 4), strict=True)), predict(best), flush=True)
    widths = stages.of("widths", lambda: spreads(chosen.seed))
    kept = ranges(chosen.seed, stages)
    chain = walk(best, chosen.steps, chosen.seed, stages.chain)
    print("autocorrelation times:", np.round(times(chain)), "of", len(chain), "steps")
    (ROOT / "docs" / "images").mkdir(exist_ok=True)
    picture(chain.reshape(-1, best.size), best)
    write_text(
        ROOT / "docs" / "calibration.md",
        report(best, chain, widths, kept, chosen.seed, chosen.steps),
    )


if __name__ == "__main__":
    main()
