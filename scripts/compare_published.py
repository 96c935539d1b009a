"""Hold noise, temperature and time of the twin against published numbers that nothing was fitted to.

    python scripts/compare_published.py

Prints and writes docs/published.md: a row a number, with what counts as agreement, which was
decided before ours was computed. Every published number stands in an abstract, or in the opening
of a paper, that was read; where a bias, a band or a size is not stated there, ours is taken at one
that the row names. No simulation: closed forms of the law, a second or two.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from scipy.integrate import quad
from scipy.optimize import brentq

from acanthite import film
from acanthite.constants import boltzmann, celsius, conductance_quantum, eV, mS, mV, nm
from acanthite.device import ContactNoise, Filament
from acanthite.device.laws.filament import junction_current
from acanthite.device.laws.lifetimes import capillary_lifetime
from acanthite.device.laws.set_times import growth_time, nucleation_time
from acanthite.device.noise.contact_noise import Hypothesis
from acanthite.files import write_text
from acanthite.parameters import AG2S, ParameterSet

PAGE = Path(__file__).parents[1] / "docs" / "published.md"
YEAR = 365.25 * 86400.0
BULK = 1.59e-8  # ohm m, silver at room temperature
DEBYE = 235.0  # K, of bulk silver: Cheng 2015, abstract
BAND = (100.0, 50e3)  # Hz; the abstract of Santa 2019 does not state its own
THICK = AG2S.value("stack.thick_film_thickness")

BID_COLD = (
    "A. Bid and others, *Study of conductance fluctuations (1/f^α noise) in metallic nanowires*, "
    "4 to 375 K, abstract"
)
BID_NOISE = "Bid 2006, abstract, *Nanotechnology* **17**, 152"
HEAD = """# Published noise, temperature and time beside ours

Made by `python scripts/compare_published.py`; the text at its head says how. No parameter was
fitted to any number of this table. Inputs that came from a publication, such as the activation
energy of the junction (El-Nahass 2004) or the conductivity of argentite, are not in it. Rows that
do not agree stay. What they say of the law is in [physics.md](physics.md).
"""


@dataclass(frozen=True)
class Row:
    """One published number beside ours."""

    what: str
    published: str
    ours: str
    rule: str
    agrees: bool
    source: str


def at(kelvin: float, thickness: float | None = None) -> Filament:
    """Return the nominal device at a temperature."""
    recipe = film.Recipe() if thickness is None else film.Recipe(thickness=thickness)
    return Filament.from_film(film.grow(recipe), parameters_at(kelvin))


def parameters_at(kelvin: float) -> ParameterSet:
    """Return the set at a temperature of the device."""
    warm = dataclasses.replace(AG2S["filament.temperature"], value=kelvin)
    return AG2S.replace({"filament.temperature": warm})


def noise_exponent(ohms: float, hypothesis: Hypothesis) -> float:
    """Return d ln(S_V f / V^2) / d ln R of a contact."""
    noise, step = ContactNoise.of(hypothesis=hypothesis), 1e-4
    high, low = (float(noise.intensity(ohms * (1 + s))) for s in (step, -step))
    return math.log(high / low) / math.log((1 + step) / (1 - step))


def spectral_exponent(hertz: float) -> float:
    """Return -d ln S / d ln f of fluctuators of all rates of the band, equally many an e-fold."""
    noise, step = ContactNoise.of(), 1e-4

    def spectrum(f: float) -> float:
        """Return the integral of their Lorentzians."""
        fast, slow = (math.atan(r / (2 * math.pi * f)) for r in rates)
        return (fast - slow) / f

    rates = noise.fastest_rate, noise.slowest_rate
    ends = (hertz * (1 - step), hertz * (1 + step))
    return math.log(spectrum(ends[0]) / spectrum(ends[1])) / math.log(ends[1] / ends[0])


def noise_activation(ohms: float) -> float:
    """Return the activation energy of the noise of a contact between 280 and 320 K. [J]"""
    noises = [parameters_at(kelvin) for kelvin in (280.0, 320.0)]
    cold, warm = (float(ContactNoise.of(p).intensity(ohms)) for p in noises)
    return math.log(warm / cold) / (1 / (boltzmann * 280.0) - 1 / (boltzmann * 320.0))


def bloch_grueneisen(kelvin: float, debye: float) -> float:
    """Return the phonon resistivity of a metal, of a temperature-independent coupling. [1]"""

    def integrand(x: float) -> float:
        return x**5 / (math.expm1(x) * -math.expm1(-x))

    return (kelvin / debye) ** 5 * quad(integrand, 0.0, debye / kelvin)[0]


def bulk_phonons(kelvin: float) -> float:
    """Return the resistivity of bulk silver by Bloch and Grueneisen. [ohm m]"""
    return BULK * bloch_grueneisen(kelvin, DEBYE) / bloch_grueneisen(300.0, DEBYE)


def set_time(voltage: float, nominal: Filament) -> float:
    """Return the mean time to nucleate and to grow. [s]"""
    return float(nucleation_time(voltage, nominal.values) + growth_time(voltage, nominal.values))


def set_activation(voltage: float) -> float:
    """Return the activation energy of the set time of the reference device near 300 K. [J]"""
    cold, warm = (math.log(set_time(voltage, at(kelvin))) for kelvin in (298.0, 302.0))
    return (cold - warm) / (1 / (boltzmann * 298.0) - 1 / (boltzmann * 302.0))


def steepness(voltage: float) -> float:
    """Return the decades of set time that a volt is worth. [1/V]"""
    nominal = at(300.0)
    return -math.log10(set_time(voltage * 1.01, nominal) / set_time(voltage, nominal)) / (
        0.01 * voltage
    )


def threshold(nominal: Filament, time: float) -> float:
    """Return the voltage at which a device sets in a time [s]. [V]"""
    return cast(float, brentq(lambda v: math.log(set_time(v, nominal) / time), 0.04, 1.0))


def sheet_resistivity(nominal: Filament) -> float:
    """Return resistance times area over thickness of a fresh film at 5 mV. [ohm m]"""
    area = AG2S.value("stack.island_side") ** 2

    class Parameters:
        def __getattr__(self, name: str) -> float:
            return nominal.values[name]

    return 5 * mV / junction_current(5 * mV, 1.0, Parameters()) * area / nominal.values["thickness"]


def within(ours: float, published: float, relative: float) -> bool:
    """Return whether ours lies within a share of what is published."""
    return abs(ours / published - 1) <= relative


def noise_rows() -> list[Row]:
    """Return the rows on noise."""
    wu = "Wu 2008, gold, abstract, doi:10.1103/PhysRevB.78.235421"
    santa = "Santa 2019, Ag filaments, abstract, doi:10.1039/c8nr09985e"
    rows = []
    for ohms, exponent in ((10.0, 3.0), (10e3, 1.5)):
        scatterers, carriers = (noise_exponent(ohms, h) for h in ("scatterers", "carriers"))
        rows.append(
            Row(
                f"S_V/V² of a contact goes as R to the, at {ohms:,.0f} Ω",
                f"{exponent:g}",
                f"{scatterers:.2f}; if carriers fluctuate {carriers:.2f}",
                "within 0.5",
                abs(scatterers - exponent) <= 0.5,
                wu,
            )
        )
    noise = ContactNoise.of()
    for ohms in (100.0, 1e3, 10e3):
        ours = float(noise.relative(ohms, *BAND))
        rows.append(
            Row(
                f"ΔI/I of a contact of {ohms:,.0f} Ω, 100 Hz to 50 kHz",
                "0.01 to 1 %",
                f"{ours:.3%}",
                "within the range",
                1e-4 <= ours <= 1e-2,
                santa,
            )
        )
    exponent, energy = spectral_exponent(0.1), noise_activation(1e3)
    for where, low, high, source in (
        ("below 220 K", 1.0, 1.1, BID_COLD),
        ("at room temperature", 1.5, 1.5, BID_NOISE),
    ):
        rows.append(
            Row(
                f"spectral exponent, Ag wires of 15 nm {where} (ours at 0.1 Hz, at any temperature)",
                f"{low:g}" if low == high else f"{low:g} to {high:g}",
                f"{exponent:.2f}",
                "within 0.1",
                low - 0.1 <= exponent <= high + 0.1,
                source,
            )
        )
    rows.append(
        Row(
            "activation energy of that noise above 220 K",
            "0.3 eV",
            f"{energy / eV:.2f} eV",
            "within 0.1 eV",
            abs(energy / eV - 0.3) <= 0.1,
            BID_COLD,
        )
    )
    return rows


def metal_rows() -> list[Row]:
    """Return the rows on the resistivity of silver."""
    bid = (
        "Bid 2006, Ag wires of 15 to 200 nm: Bloch and Grueneisen's formula with the coupling of "
        "bulk silver, abstract, doi:10.1103/PhysRevB.74.035426"
    )
    slope = AG2S.value("filament.phonon_resistivity")
    whole = AG2S.value("filament.resistivity")
    by_formula = (bulk_phonons(301.0) - bulk_phonons(299.0)) / 2.0
    rows = [
        Row(
            "what a kelvin adds to the resistivity of the filament at 300 K",
            f"{by_formula:.2e} Ω m",
            f"{slope:.2e} Ω m",
            "within 15 %",
            within(slope, by_formula, 0.15),
            bid,
        )
    ]
    for kelvin in (200.0, 250.0, 350.0, 400.0):
        formula = whole + bulk_phonons(kelvin) - bulk_phonons(300.0)
        ours = whole + slope * (kelvin - 300.0)
        rows.append(
            Row(
                f"resistivity of the filament at {kelvin:.0f} K over that at 300 K",
                f"{formula / whole:.3f}",
                f"{ours / whole:.3f}",
                "within 2 %",
                within(ours, formula, 0.02),
                bid,
            )
        )
    rows.append(
        Row(
            "resistivity of a silver nanowire over bulk silver's, room temperature",
            "around 4",
            f"{whole / BULK:.1f}",
            "within 25 %",
            within(whole / BULK, 4.0, 0.25),
            "Cheng 2015, abstract, doi:10.1038/srep10718",
        )
    )
    return rows


def film_rows() -> list[Row]:
    """Return the rows on the film's own resistance."""
    thin, thick = (sheet_resistivity(at(300.0, d)) for d in (50 * nm, 200 * nm))
    limit = AG2S.value("film.phase_transition_temperature")
    below, above = (sheet_resistivity(at(limit + d)) for d in (-0.5, 0.5))
    nano = "Banerjee 2007, Ag2S of 3 to 39 nm, abstract, *J. Phys. Chem. C* **111**, 13410"
    return [
        Row(
            "resistivity of evaporated films as they get thicker",
            "falls",
            f"{thin:.2g} Ω m at 50 nm, {thick:.2g} Ω m at 200 nm",
            "the same sign",
            thick < thin,
            "El-Nahass 2004, abstract, *Vacuum* **72**, 453",
        ),
        Row(
            "resistivity at the transition",
            "falls drastically around 450 K",
            f"{below / above:.1e} times, at {limit:.0f} K",
            "tenfold or more, within 5 K",
            below / above >= 10 and abs(limit - 450.0) <= 5.0,
            nano,
        ),
        Row(
            "between heating and cooling",
            "a hysteresis",
            "none: the phase follows the temperature alone",
            "there is one",
            False,
            nano,
        ),
    ]


def switching_rows() -> list[Row]:
    """Return the rows on what switches."""
    nayak = "Nayak 2010, Ag2S gap, abstract, doi:10.1021/jz900375a"
    low, high = set_activation(0.1), set_activation(0.3)
    thick = threshold(at(300.0, THICK), 1.0)
    fast = set_time(1.0, at(300.0))
    return [
        Row(
            "activation energy of the set time, low bias (ours at 0.1 V)",
            "0.58 eV",
            f"{low / eV:.2f} eV",
            "within 25 %",
            within(low / eV, 0.58, 0.25),
            nayak,
        ),
        Row(
            "activation energy of the set time, high bias (ours at 0.3 V)",
            "1.32 eV",
            f"{high / eV:.2f} eV",
            "within 25 %",
            within(high / eV, 1.32, 0.25),
            nayak,
        ),
        Row(
            "where a volt shortens the set time more",
            "at low bias",
            f"{steepness(0.1):.0f} decades a volt at 0.1 V, {steepness(0.3):.0f} at 0.3 V",
            "the same order",
            steepness(0.1) > steepness(0.3),
            nayak,
        ),
        Row(
            "full switching at room temperature (ours: the 200 nm film within a second)",
            "above 70 mV",
            f"{1e3 * thick:.0f} mV",
            "within a factor of 1.5",
            70 * mV / 1.5 <= thick <= 1.5 * 70 * mV,
            "Morales-Masis 2011, abstract, doi:10.1103/PhysRevB.84.115310",
        ),
        Row(
            "fastest switching of Ag2S point contacts (ours at 1 V)",
            "nanoseconds",
            f"{1e6 * fast:.0f} µs",
            "below 100 ns",
            fast < 100e-9,
            "Geresdi 2014, abstract, doi:10.1039/c3nr05682a",
        ),
    ]


def lifetime_rows() -> list[Row]:
    """Return the rows on how long a contact lasts."""
    device, warm = at(300.0), at(celsius(85.0))
    two, twenty = (
        float(capillary_lifetime(_device(n, device), device.values)) for n in (2.0, 20.0)
    )
    retained = float(capillary_lifetime(1 * mS, warm.values, left=0.5))
    wide, narrow = (float(capillary_lifetime(_device(n, device), device.values)) for n in (40, 20))
    power = 2.0 * math.log(wide / narrow) / math.log(2.0)
    wang = "Wang 2019, doi:10.1038/s41467-018-07979-0"
    return [
        Row(
            "lifetime of thin filaments goes as the diameter to the",
            "4",
            f"{power:.1f}",
            "within 0.5",
            abs(power - 4.0) <= 0.5,
            f"{wang}, by another account",
        ),
        Row(
            "lifetimes that a compliance chooses between (ours: 2 and 20 quanta)",
            "microseconds to years",
            f"{two / 86400:.1f} days to {twenty / YEAR:.1f} years, and milliseconds below a quantum",
            "both a millisecond and a year are reached",
            twenty >= YEAR,
            f"{wang}, abstract",
        ),
        Row(
            "time to half of a contact of 1 mS at 85 °C",
            "ten years, extrapolated (Ag:GeS2, 25 to 85 °C)",
            f"{retained / 3600:.1f} hours",
            "ten years or more",
            retained >= 10 * YEAR,
            "Symanczyk 2009, abstract, doi:10.1109/LED.2009.2024623",
        ),
    ]


def _device(quanta: float, nominal: Filament) -> float:
    """Return the conductance of a device whose contact has so many quanta. [S]"""
    lines = nominal.values["body_resistance"] + nominal.values["series_resistance"]
    contact = quanta * conductance_quantum
    return contact / (1.0 + contact * lines)


def rows() -> list[Row]:
    """Return the whole table."""
    return [*noise_rows(), *metal_rows(), *film_rows(), *switching_rows(), *lifetime_rows()]


def page(table: list[Row]) -> str:
    """Return docs/published.md."""
    agree = sum(row.agrees for row in table)
    lines = [
        HEAD,
        f"{agree} of {len(table)} agree.",
        "",
        "| number | published | ours | counts as agreement | agrees | source |",
        "|---|---|---|---|---|---|",
        *(
            f"| {r.what} | {r.published} | {r.ours} | {r.rule} | {'yes' if r.agrees else '**no**'} "
            f"| {r.source} |"
            for r in table
        ),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Compare, print and write."""
    text = page(rows())
    print(text)
    write_text(PAGE, text)


if __name__ == "__main__":
    main()
