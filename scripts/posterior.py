"""Draw the fitted parameters from their posterior: what the calibration leaves unknown.

    python scripts/posterior.py [--draws 40] [--seed 4201] [--unchecked]

Two steps, both with the claims that the twin was fitted to and no other:

1. Proposals. The nucleation parameters (B, N_s, nu0, the barriers, B_Au) and the sweep rate come
   from the likelihood of ``scripts/calibrate.py``, in closed form, by a Markov chain; what a pulse
   covers is even in its logarithm over the range for which three pulses cost tens of femtojoules.
   The width behind a coefficient of variation is as uncertain as that is. The others were set by
   hand; each is drawn from the range that its claim leaves, or over a factor e either way (one
   standard deviation: a third of that).
2. Simulation. A proposal is kept where every fitted claim is a match or near by its own rule, on
   the calibration seed. A claim that the set as it stands misses there, or meets on some seeds only,
   is not asked.

Writes src/acanthite/parameters/sets/posterior.csv and docs/posterior.md, which names the
directions that the claims leave open. ``--unchecked`` leaves out step 2 and says so in both.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import calibrate
import numpy as np

from acanthite.claims import CLAIMS, Claim, claim
from acanthite.constants import eV
from acanthite.figures import Settings
from acanthite.files import write_text
from acanthite.parameters import AG2S, ParameterSet
from acanthite.parameters.posterior import Posterior, draws
from acanthite.parameters.reading import forget
from acanthite.report.repeats import measure

ROOT = Path(__file__).parents[1]
FILE = ROOT / "src" / "acanthite" / "parameters" / "sets" / "posterior.csv"
PAGE = ROOT / "docs" / "posterior.md"
COVERED = (0.05, 0.25)  # by a write pulse, of what clusters have left: tens of fJ three times over
BURN_IN = 200  # steps of the Markov chain
NORMAL = 1.96  # standard deviations of a 95 % interval
BY_HAND = 1 / 3  # standard deviation of a logarithm, where nothing else is known
CONSTRAINED = 0.8  # of the proposal's spread: a parameter left with more is not fixed by the claims
CORRELATED = 0.7

WIDTHS = {
    "spread.contact_radius": "fig2e.lrs-cv",
    "spread.radial_velocity": "fig2e.lrs-cv-compliance",
    "spread.dissolution_field": "figS7.reset-cv",
    "spread.cluster_conductance": "fig4g.max-cv",
}
"""Widths, and the coefficient of variation that each was fitted to."""
FRAGILE = ("fig2f.levels", "fig2g.endurance")
"""Fitted claims that the set itself meets on some seeds and not on others: no draw is held to them."""
HAND = (
    "filament.growth_velocity",
    "filament.growth_field",
    "filament.radial_velocity",
    "filament.radial_field",
    "filament.dissolution_velocity",
)


@dataclass(frozen=True)
class Proposals:
    """Proposed values: one row a proposal, one column a parameter."""

    keys: tuple[str, ...]
    values: np.ndarray

    @property
    def fitted(self) -> tuple[float, ...]:
        """The values of the set."""
        return tuple(AG2S.value(key) for key in self.keys)


def propose(number: int, seed: int) -> Proposals:
    """Return proposals for every fitted parameter of the device, and the sweep rate."""
    check_keys()
    rng = np.random.Generator(np.random.Philox(seed))
    columns = nucleation(number, rng)
    for key, id in WIDTHS.items():
        rule = claim(id).rule
        assert rule is not None
        relative = (rule.high - rule.low) / (rule.high + rule.low) / NORMAL
        columns[key] = AG2S.value(key) * (1 + relative * rng.normal(size=number))
    for key, spread in {
        "filament.hrs_conductance": log_spread(claim("fig2c.range")),
        # a conductance goes with the square of the radius
        "filament.contact_radius": log_spread(claim("fig2e.lrs")) / 2,
        **dict.fromkeys(HAND, BY_HAND),
    }.items():
        columns[key] = AG2S.value(key) * np.exp(spread * rng.normal(size=number))
    # retention bounds it from above only
    columns["filament.capillary_rate"] = AG2S.value("filament.capillary_rate") * 10 ** rng.uniform(
        -2, 1, number
    )
    return Proposals(tuple(columns), np.stack(list(columns.values()), -1))


def check_keys() -> None:
    """Say which parameters this script lacks or the set has no longer."""
    named = {
        *WIDTHS,
        *HAND,
        "filament.hrs_conductance",
        "filament.contact_radius",
        "filament.capillary_rate",
        "filament.cluster_conductance",
        "filament.attempt_rate",
        "filament.site_number",
        "filament.nucleation_field",
        "filament.gold_field",
        "film.boundary_barrier",
        "film.barrier_grain_size",
        "film.barrier_exponent",
    }
    groups = ("filament", "film", "spread")
    fitted = {k for k, q in AG2S.items() if q.how == "fitted" and k.partition(".")[0] in groups}
    if named != fitted:
        raise SystemExit(
            f"scripts/posterior.py proposes no values for {sorted(fitted - named)} and the set has "
            f"no fitted {sorted(named - fitted)}; bring the lists at its head up to date"
        )


def log_spread(one: Claim) -> float:
    """Return the standard deviation of the logarithm whose 95 % interval is that of the rule."""
    assert one.rule is not None
    return float(np.log(one.rule.high / one.rule.low) / 2 / NORMAL)


def nucleation(number: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return draws of what sets the set voltages, from the calibration's own likelihood."""
    chain = metropolis(calibrate.best_fit(), number, rng)
    field, log_sites, _, _, gold, log_rate = chain.T
    film = np.array([calibrate.film_law(theta) for theta in chain])
    pulse, width = AG2S.value("pulse.write_voltage"), AG2S.value("pulse.write_width")
    kt = calibrate.KT
    per_attempt = np.exp(-(calibrate.THICK.migration_barrier + field * eV / pulse) / kt) * width
    low, high = np.log(COVERED)
    covered = np.exp(rng.uniform(low, high, number))
    attempts = covered / per_attempt
    now = AG2S.value("filament.attempt_rate") * np.exp(
        -(calibrate.THICK.migration_barrier + AG2S.value("filament.nucleation_field") / pulse) / kt
    )
    energy = log_spread(claim("fig1c.energy-1")) * rng.normal(size=number)
    return {
        "filament.nucleation_field": field * eV,
        "filament.attempt_rate": attempts,
        "filament.site_number": calibrate.ATTEMPTS * 10**log_sites / attempts,
        "filament.gold_field": gold * eV,
        "film.boundary_barrier": film[:, 0] * eV,
        "film.barrier_grain_size": film[:, 1] * 1e-9,
        "film.barrier_exponent": film[:, 2],
        "instrument.sweep_rate": 10**log_rate,
        # the energy of the first pulse goes with what it covers and what that conducts
        "filament.cluster_conductance": AG2S.value("filament.cluster_conductance")
        * (now * width / covered)
        * np.exp(energy),
    }


def metropolis(start: np.ndarray, number: int, rng: np.random.Generator) -> np.ndarray:
    """Return draws of the calibration's posterior, shape (number, parameter).

    An ensemble of chains moved by differences between its members (ter Braak 2006).
    """
    members, thin = 24, 12
    steps = BURN_IN + thin * -(-number // members)
    widths = np.array([1e-3, 0.05, 2e-3, 0.02, 3e-3, 0.05])
    at = start + widths * rng.normal(size=(members, start.size))
    height = np.array([calibrate.log_probability(theta) for theta in at])
    kept = []
    for step in range(steps):
        for k in range(members):
            a, b = rng.choice([j for j in range(members) if j != k], 2, replace=False)
            scale = 1.0 if step % 10 == 0 else 2.38 / np.sqrt(2 * start.size)
            new = at[k] + scale * (at[a] - at[b]) + 1e-3 * widths * rng.normal(size=start.size)
            high = calibrate.log_probability(new)
            if np.log(rng.random()) < high - height[k]:
                at[k], height[k] = new, high
        if step >= BURN_IN and (step - BURN_IN) % thin == thin - 1:
            kept.append(at.copy())
    return np.concatenate(kept)[:number]


def failures(
    parameters: ParameterSet, asked: Sequence[Claim], seed: int, all_of_them: bool = False
) -> list[str]:
    """Return the claims that a set misses on a seed: those of the first figure that misses any, or
    all of them.
    """
    settings = Settings(seed, quick=True, parameters=parameters)
    missed = []
    for figure in dict.fromkeys(one.figure for one in asked):
        part = measure(figure, settings)
        missed += [
            one.id
            for one in asked
            if one.figure == figure
            and one.verdict(part.estimates.get(one.id)) not in ("match", "near")
        ]
        if missed and not all_of_them:
            break
    forget()
    return missed


def keep(
    proposals: Proposals,
    asked: Sequence[Claim],
    wanted: int,
    seed: int,
    store: Callable[[np.ndarray, int, dict[str, int]], None],
) -> None:
    """Find proposals that meet the claims; store them, how many were tried, and what failed, each
    time one is found.
    """
    kept: list[np.ndarray] = []
    why: dict[str, int] = {}
    for tried, row in enumerate(proposals.values, 1):
        posterior = Posterior(proposals.keys, proposals.fitted, (tuple(row.tolist()),))
        missed = failures(draws(AG2S, 1, posterior)[0], asked, seed)
        for id in missed:
            why[id] = why.get(id, 0) + 1
        if not missed:
            kept.append(row)
            store(np.array(kept), tried, why)
        print(f"{len(kept)} of {tried}: {', '.join(missed) or 'kept'}", flush=True)
        if len(kept) == wanted:
            break


def write(proposals: Proposals, kept: np.ndarray, how: str) -> None:
    """Write the draws."""
    lines = [
        f"# Draws of the fitted parameters, SI; made by scripts/posterior.py. {how}",
        ",".join(("draw", *proposals.keys)),
        ",".join(("fitted", *map(repr, proposals.fitted))),
        *(",".join((str(k), *map(repr, row.tolist()))) for k, row in enumerate(kept, 1)),
    ]
    write_text(FILE, "\n".join(lines) + "\n")


def unfixed(proposals: Proposals, kept: np.ndarray) -> str:
    """Say which parameters the claims do not fix."""
    if kept is proposals.values:
        assumed = (*HAND, "filament.capillary_rate")
        return "The spread of these is assumed, no claim has narrowed it: " + ", ".join(
            f"`{key}`" for key in assumed
        )
    before, after = (np.log(np.abs(v)).std(0) for v in (proposals.values, kept))
    wide = [
        f"`{key}`"
        for key, a, b in zip(proposals.keys, after, before, strict=True)
        if a > CONSTRAINED * b and b > 0.2
    ]
    return (
        "These keep at least four fifths of the spread they were proposed with, so that what is "
        "known of them is what was assumed: " + (", ".join(wide) or "none")
    )


def page(proposals: Proposals, kept: np.ndarray, how: str, why: dict[str, int]) -> str:
    """Return docs/posterior.md."""
    low, middle, high = np.percentile(kept, [16, 50, 84], axis=0)
    correlation = np.corrcoef(np.log(np.abs(kept)).T)
    pairs = [
        (correlation[i, j], proposals.keys[i], proposals.keys[j])
        for i in range(len(proposals.keys))
        for j in range(i)
        if abs(correlation[i, j]) >= CORRELATED
    ]
    pairs.sort(key=lambda pair: -abs(pair[0]))
    return "\n".join(
        [
            "# Posterior of the fitted parameters",
            "",
            "Made by `python scripts/posterior.py`; the text at its head says how. "
            "`acanthite reproduce --posterior N` computes every claim for the first N of these "
            "draws, so that each gets an interval of what the calibration leaves unknown.",
            "",
            how,
            "",
            "| parameter | of the set | median and 68 % interval of the draws | unit |",
            "|---|---|---|---|",
            *(
                f"| `{key}` | {now:.4g} | {m:.4g} (-{m - lo:.2g}, +{hi - m:.2g}) | "
                f"{AG2S[key].unit} |"
                for key, now, m, lo, hi in zip(
                    proposals.keys, proposals.fitted, middle, low, high, strict=True
                )
            ),
            "",
            "## Directions the claims leave open",
            "",
            f"{unfixed(proposals, kept)}.",
            "",
            "Pairs of which the claims fix only a combination:",
            "",
            "| correlation of the logarithms | | |",
            "|---|---|---|",
            *(f"| {c:+.2f} | `{a}` | `{b}` |" for c, a, b in pairs),
            "",
            *(
                [
                    "Proposals were dropped for these claims, the first that failed of each: "
                    + ", ".join(f"`{id}` ({n})" for id, n in sorted(why.items()))
                    + ".",
                    "",
                ]
                if why
                else []
            ),
        ]
    )


def main() -> None:
    """Propose, check and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=40, help="how many to keep")
    parser.add_argument("--seed", type=int, default=4201, help="no seed that claims are judged by")
    parser.add_argument("--unchecked", action="store_true", help="leave out the simulation")
    chosen = parser.parse_args()
    proposals = propose(chosen.draws if chosen.unchecked else 20 * chosen.draws, chosen.seed)

    def store(kept: np.ndarray, how: str, why: dict[str, int]) -> None:
        write(proposals, kept, how)
        if len(kept) > 1:
            write_text(PAGE, page(proposals, kept, how, why))

    if chosen.unchecked:
        store(
            proposals.values,
            "Not checked by simulation: these are the proposals as they are drawn.",
            {},
        )
    else:
        fitted = [one for one in CLAIMS if one.how == "fitted" and one.id not in FRAGILE]
        missed = failures(AG2S, fitted, chosen.seed, all_of_them=True)
        print("the set as it stands misses:", missed, flush=True)
        asked = [one for one in fitted if one.id not in missed]

        def store_checked(kept: np.ndarray, tried: int, why: dict[str, int]) -> None:
            how = (
                f"{len(kept)} of {tried} proposals match every fitted claim by its rule or are "
                f"near, on seed {chosen.seed}, in quick runs."
            )
            if missed:
                how += f" Not asked, as the set itself misses it there: {', '.join(missed)}."
            store(kept, how, why)

        keep(proposals, asked, chosen.draws, chosen.seed, store_checked)


if __name__ == "__main__":
    main()
