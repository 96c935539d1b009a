"""The ledger: every number the paper states, the rule it is judged by, and how acanthite stands to
it.

Published: Zhu et al., Nano-Micro Lett. 17:69 (2025). Only its text is used; numbers that only its
figures or supplement show are not known and not invented. Yes-or-no claims are 1 or 0.
"""

from __future__ import annotations

from acanthite.claims.claim import Claim, Falsifier, How, Rule, between, within
from acanthite.constants import (
    avogadro,
    celsius,
    cm,
    eV,
    fJ,
    hour,
    kV,
    minute,
    mm,
    mS,
    ms,
    mtorr,
    mV,
    nm,
    sccm,
    torr,
    uA,
    um,
    us,
)
from acanthite.errors import nearest


def _given(id: str, quantity: str, unit: str, published: float, as_stated: str = "") -> Claim:
    rule = within(published, 1e-9 * abs(published), "an input, taken over exactly")
    return Claim(id, quantity, unit, published, "given", rule, as_stated)


def _yes(
    id: str,
    quantity: str,
    how: How,
    as_stated: str,
    share: float = 1.0,
    falsifier: Falsifier | None = None,
) -> Claim:
    """A tendency: the share of devices or cycles that show it."""
    rule = between(
        share, 1.0, f"holds for at least {100 * share:g} %", margin=0.05 if share < 1 else 0.0
    )
    return Claim(id, quantity, "1", 1.0, how, rule, as_stated, falsifier)


def _missing(
    id: str, quantity: str, unit: str, published: float | None, rule: Rule, as_stated: str = ""
) -> Claim:
    return Claim(id, quantity, unit, published, "missing", rule, as_stated)


_WEAK_BEAM = Falsifier(
    "kmc.beam_overpotential",
    0.1,
    0.05,
    1.0,
    "assumed: the paper states no beam current, and the surface may charge by tenths of a volt",
)
_CLUSTERS_LEAVE_SOONER = Falsifier(
    "filament.cluster_dissolution_rate",
    3.3e8,
    3.3e6,
    3.3e8,
    "assumed such that a depression pulse undoes what a potentiation pulse did: a decade either way",
)
_STIFF_HOPS = Falsifier(
    "bending.activation_volume",
    1 * cm**3 / avogadro,
    1 * cm**3 / avogadro,
    12 * cm**3 / avogadro,
    "assumed: known for superionic silver salts (1 cm3/mol) and for AgCl (12), not for Ag2S",
)

_PROCESS = (
    _given("figS1.rf-power", "RF power", "W", 150.0),
    _given("figS1.argon-flow", "Ar flow", "m^3/s", 20 * sccm),
    _given("figS1.h2s-flow", "H2S flow", "m^3/s", 40 * sccm),
    _given("figS1.base-pressure", "base pressure", "Pa", 1e-7 * torr, "~1e-7 Torr"),
    _given("figS1.pressure", "sputter pressure", "Pa", 5 * mtorr, "~5 mTorr"),
    _given("figS1.presputter", "presputter time", "s", 5 * minute),
    _given("figS1.temperature", "substrate temperature", "K", celsius(25.0), "room temperature"),
    Claim(
        "figS1.rate",
        "deposition rate",
        "m/s",
        6 * nm / minute,
        "given",
        within(6 * nm / minute, 0.5 * nm / minute, "~6 nm/min: half a unit of its last digit"),
        "~6 nm/min",
    ),
    _given("figS4.anneal-time", "anneal time", "s", 3 * hour),
    _given("figS4.anneal-temperature", "anneal temperature", "K", celsius(160.0), "up to 160 C"),
    _yes(
        "figS4.monoclinic",
        "film is monoclinic after 160 C",
        "given",
        "monoclinic, below the transition to bcc",
    ),
    _given("fig1b.electrode", "electrode thickness, Au and Ag", "m", 50 * nm),
    _given("fig1b.film", "Ag2S thickness", "m", 50 * nm, "50 or 200 nm"),
    _given("fig1b.island", "island side", "m", 5 * um, "5 x 5 um2"),
    _given("fig1b.oxide", "SiO2 thickness", "m", 70 * nm),
    Claim(
        "figS2.roughness",
        "surface roughness Ra, 50 nm film",
        "m",
        3.75 * nm,
        "given",
        between(3 * nm, 4.5 * nm, "the range over the wafer", 0.5 * nm),
        "~3 to ~4.5 nm",
    ),
    Claim(
        "figS3.stoichiometry",
        "Ag:S ratio by RBS",
        "1",
        2.0,
        "given",
        within(2.0, 0.1, "~2:1"),
        "~2:1",
    ),
)

_WRITE = (
    Claim(
        "fig1c.energy-1", "energy of the first write pulse", "J", None, "fitted",
        between(10 * fJ, 99 * fJ, "tens of fJ: two digits", 10 * fJ), "tens of fJ",
    ),
    Claim(
        "fig1c.energy-2", "energy of the second write pulse", "J", None, "consequence",
        between(10 * fJ, 99 * fJ, "tens of fJ: two digits", 10 * fJ), "tens of fJ",
    ),
    Claim(
        "fig1c.energy-3", "energy of the third write pulse", "J", None, "consequence",
        between(10 * fJ, 99 * fJ, "tens of fJ: two digits", 10 * fJ), "tens of fJ",
    ),
    _yes("fig1c.rising", "devices whose current rises pulse by pulse", "consequence", "gradually increase the current", 0.95),
    _given("fig1c.write-voltage", "magnitude of a write pulse", "V", 0.3, "-0.3 V"),
    _given("fig1c.write-width", "width of a write pulse", "s", 1 * us),
    _given("fig1c.read-voltage", "read voltage", "V", 5 * mV),
    _given("fig1c.film", "Ag2S thickness of the device that is written", "m", 200 * nm),
    _given("fig1c.pulses", "write pulses in a row", "1", 3.0, "three consequent write pulses"),
    _yes("fig1c.levels", "devices whose reads after each pulse are distinct levels", "consequence", "discrete states at 5 mV", 0.95),
    _yes("fig1c.recovery", "devices that show a recovery time after each pulse", "given", "recovery time shaded", 0.95),
    Claim(
        "fig1d.biology", "write energy over the upper end of the biological band", "1", None, "consequence",
        between(0.01, 1.0, "1-100 fJ per synaptic event", 1.0), "comparable to 1-100 fJ",
    ),
    _yes("fig1d.lowest", "lowest energy among the devices with a known one", "consequence", "lowest switching-energy"),
)  # fmt: skip

_SWITCHING = (
    Claim(
        "fig2c.set-max", "largest set voltage magnitude over 50 cycles", "V", 0.3, "consequence",
        between(0.0, 0.3, "V_th < -0.3 V is read as |V_th| < 0.3 V", 0.03), "< 0.3 V",
    ),
    _yes("fig2c.lowest", "devices whose largest set voltage is below the lowest known one of the memories cited",
         "consequence", "notably lower than previously reported", 0.95),
    _given("fig2c.cycles", "cycles of the device", "1", 50.0),
    Claim(
        "fig2c.range", "dynamic range", "1", 1e6, "fitted",
        between(10**5.5, 10**6.5, "six decades, to half a decade", 2e6), "6 orders of magnitude",
    ),
    Claim("figS7.set-cv", "C_v of the set voltage over 50 cycles", "1", 0.125, "fitted",
          within(0.125, 0.026, "95 % sampling error of a C_v from 50 cycles")),
    Claim("figS7.reset-cv", "C_v of the reset voltage over 50 cycles", "1", 0.309, "fitted",
          within(0.309, 0.065, "95 % sampling error of a C_v from 50 cycles")),
    Claim("fig2d.set-mean", "mean set voltage magnitude, 30 devices, Gauss fit", "V", 0.22, "fitted",
          within(0.22, 0.01, "95 % sampling error of 30 devices at C_v 12.5 %")),
    _given("fig2d.devices", "devices of the distribution", "1", 30.0),
    _given("fig2e.compliance", "compliance current", "A", 10 * uA),
    Claim("fig2e.lrs", "LRS conductance without compliance, largest of 30 devices", "S", 1 * mS, "fitted",
          between(0.5 * mS, 5 * mS, "the milli-siemens regime", 0.5 * mS), "up to mS"),
    Claim("fig2e.lrs-cv", "C_v of the LRS conductance between devices", "1", 0.60, "fitted",
          within(0.60, 0.20, "95 % sampling error of a C_v from 30 devices"), "approaching 60 %"),
    Claim("fig2e.lrs-cv-compliance", "C_v of the LRS conductance at I_cc = 10 uA", "1", 0.058, "fitted",
          within(0.058, 0.015, "95 % sampling error of a C_v from 30 devices")),
    _yes("figS8.trend", "C_v of the LRS falls as I_cc is lowered", "consequence", "suppressed by current compliance"),
    _yes("fig2f.retention", "levels that keep nine tenths of their conductance for 1e4 s", "fitted",
         "several levels, non-volatile", 0.95),
    _yes("fig2f.levels", "devices that end with their levels in order and apart by a fifth", "fitted",
         "multiple-level conductance tunability", 0.95),
    _given("fig2f.read-voltage", "read voltage", "V", 5 * mV),
    _given("fig2g.voltage", "magnitude of a pulse, either way", "V", 0.3),
    _given("fig2g.width", "width of a pulse", "s", 10 * ms),
    _given("fig2g.read-voltage", "read voltage", "V", 5 * mV),
    Claim("fig2g.endurance", "write-read cycles without a failure, of 1e4", "1", 1.0, "fitted",
          between(0.9999, 1.0, "at most one failure in 1e4 cycles", 0.0009), "robust over 1e4 cycles"),
    Claim("fig2h.gold-set", "set voltage magnitude from the Au side", "V", 0.6, "fitted",
          within(0.6, 0.05, "~0.6 V: half a unit of its last digit"), "~-0.6 V"),
    _given("fig2h.stop", "magnitude at which the sweep turns", "V", 1.0, "0 -> -1 -> 0 V"),
    _yes("figS6.clusters", "films on which clusters form without a bias", "predicted",
         "silver clusters under the electron beam", falsifier=_WEAK_BEAM),
    Claim("fig2i.nucleation", "silver particles on Ag over those on Au, Ag-rich film", "1", None, "consequence",
          between(10.0, float("inf"), "ten times fewer"), "suppressed on Au"),
)  # fmt: skip

_MIGRATION = (
    Claim("fig3a.barrier", "activation energy in the grains", "J", 0.2 * eV, "given",
          within(0.2 * eV, 0.05 * eV, "~0.2 eV: half a unit of its last digit"), "~0.2 eV"),
    Claim("fig3b.line", "angle 2theta of the line followed", "rad", 0.5497787143782138, "consequence",
          within(0.5497787143782138, 0.0017453292519943296, "31.5 degrees, to 0.1"), "diffraction singlet at ~31.5 degrees"),
    _yes("fig3b.narrowing", "line narrows and grows with each hotter anneal", "fitted", "stronger, narrower"),
    _yes("fig3c.trend", "V_th falls with each hotter anneal", "fitted", "hotter anneal, lower V_th"),
    _yes("figS10.no-switching", "un-annealed devices that do not switch within +-1 V", "fitted", "no RS within +-1 V", 0.9999),
    _yes("fig3d.narrowing", "line narrows from 50 to 200 nm", "fitted", "narrower line"),
    _yes("fig3d.trend", "V_th falls from 50 to 200 nm", "fitted", "lower V_th"),
    Claim("figS12.saturation", "change of V_th from 200 nm to 300 nm, relative", "1", None, "consequence",
          within(0.0, 0.10, "inside the cycle spread"), "no significant fall"),
    Claim("fig3e.set-mean", "mean set voltage magnitude, 200 nm, 160 C, 50 cycles", "V", 0.1, "fitted",
          within(0.1, 0.0125, "~0.1 V: a cycle spread of 12.5 %"), "~-0.1 V"),
    _given("fig3e.cycles", "cycles of the device", "1", 50.0),
    _given("figS10.stop", "magnitude at which the sweep turns", "V", 1.0, "under +-1 V"),
    Claim("figS11.grains", "grains of the upper half of the film over those of the lower", "1", None,
          "consequence", between(1.0, float("inf"), "larger"), "larger grains in the top layers"),
    _yes("figS13.devices", "200 nm devices that switch, of 30", "consequence", "consistent across 30 devices", 0.95),
    _given("figS14.radius", "bending radius", "m", 3 * mm),
    Claim("figS14.bending", "devices that switch at 3 mm radius", "1", 1.0, "consequence", between(0.95, 1.0, "works"), "works"),
)  # fmt: skip

_COMPUTE = (
    _given("fig4b.volt-per-level", "read voltage of one grey level", "V", 0.1 * mV, "0-255 -> 0-25.5 mV"),
    _given("fig4b.levels", "grey levels", "1", 256.0, "8-bit, 0 to 255"),
    _given("fig4b.full-scale", "read voltage of white", "V", 25.5 * mV),
    _given("fig4c.memristors", "memristors in a 3 x 3 kernel", "1", 18.0),
    _given("fig4c.lrs", "of them in the low-resistance state", "1", 6.0),
    Claim("fig4c.zeros", "largest kernel value held for a 0, of the reference", "1", None,
          "consequence", between(0.0, 0.01, "negligible: 1 % of a 1", 0.01), "negligible"),
    _yes("fig4c.separable", "kernels in which 1, 0 and -1 each round to themselves", "consequence",
         "significant difference between the encoded 1, 0 and -1"),
    Claim("fig4d.disturb", "largest change of a conductance over a read within +-25.5 mV", "1", None,
          "fitted", between(0.0, 0.01, "no alteration: 1 %", 0.02),
          "small enough to prevent any alteration"),
    _yes("fig4d.unique", "memristors whose currents tell each grey level from the next", "consequence",
         "distinct enough to uniquely represent each pixel value"),
    Claim("fig4d.linearity", "largest departure from a line over +-25.5 mV, of full scale", "1", None, "fitted",
          between(0.0, 0.01, "linear: 1 % of full scale", 0.02), "linear I-V"),
    Claim("fig4e.ssim", "SSIM of hardware against software, vertical edges", "1", None, "consequence",
          None, "promising capabilities"),
    Claim("fig4f.ssim", "SSIM of hardware against software, horizontal edges", "1", None, "consequence",
          None, "promising capabilities"),
    Claim("fig4g.max-cv", "C_v of the maximum conductance over the ladders", "1", 0.06, "fitted",
          within(0.06, 0.02, "95 % sampling error of a C_v from 20 ladders")),
    _given("fig4g.pulses", "pulses in the ladder test", "1", 1200.0),
    _given("fig4g.voltage", "magnitude of a ladder pulse, either way", "V", 0.3),
    _given("fig4g.width", "width of a ladder pulse", "s", 1 * us),
    Claim("noteS1.capacitance", "exponent of the parasitic capacitance against area", "1", None, "given",
          between(1e-9, 1.05, "falls with area"), "falls with cross-point area"),
    Claim("noteS1.current", "exponent of the current against area", "1", None, "given",
          between(1e-9, 1.05, "falls with area"), "falls with cross-point area"),
)  # fmt: skip

_NETWORK = (
    _given("fig4i.layers", "layers of the network, the pixels among them", "1", 4.0, "4-layer DNN"),
    Claim("fig4i.ideal", "test accuracy, ideal device", "1", 0.932, "predicted", within(0.932, 0.01, "a point")),
    Claim("fig4i.sgd", "test accuracy, SGD on the device", "1", 0.784, "predicted", within(0.784, 0.01, "a point")),
    Claim("fig4i.ttv2", "test accuracy, TTv2 on the device", "1", 0.926, "predicted", within(0.926, 0.01, "a point")),
    Claim("fig4i.sgd-gap", "SGD less ideal", "1", -0.148, "predicted",
          within(-0.148, 0.03, "a fifth of the gap; the paper's learning rates are not known"),
          falsifier=_CLUSTERS_LEAVE_SOONER),
    Claim("fig4i.ttv2-gap", "TTv2 less ideal", "1", -0.006, "predicted", within(-0.006, 0.006, "the gap itself"),
          falsifier=_CLUSTERS_LEAVE_SOONER),
    _yes("fig4i.order", "seeds in which TTv2 ends nearer to ideal than SGD", "consequence", "TTv2 compensates"),
)  # fmt: skip

_WHOLE = (
    _given("fig1a.diameter", "diameter of the wafer", "m", 100 * mm, "4-inch"),
    _yes(
        "fig1a.roughness",
        "arrays on the wafer where the roughness Ra is between 3 and 4.5 nm",
        "given",
        "Ra from ~3 to ~4.5 nm at different locations",
    ),
    Claim(
        "fig1b.crosstalk",
        "current a film that is not removed adds to a read, over that of the unit, 32 x 32 lines",
        "1",
        None,
        "consequence",
        between(1.0, float("inf"), "sneak paths: more than the unit's own current"),
        "removal of excess Ag2S eliminates sneak paths through the electrolyte",
    ),
    Claim(
        "fig1c.rate",
        "rate at which writes may follow one another, each read after its recovery",
        "1/s",
        None,
        "consequence",
        between(1e5, 1e6, "below a megahertz, by less than a decade"),
        "sub-megahertz pulse operation",
    ),
    _given("fig2a.voltage", "accelerating voltage on the surface", "V", 4.5 * kV),
    Claim(
        "fig2a.silver",
        "silver X-rays from the cluster over those of the film",
        "1",
        None,
        "consequence",
        between(1.0, float("inf"), "stronger"),
        "stronger Ag signals",
    ),
    Claim(
        "fig2a.sulphur",
        "sulphur X-rays from the cluster over those of the film",
        "1",
        None,
        "consequence",
        between(0.0, 1.0, "weaker"),
        "weaker S signals",
    ),
    _given("fig2b.voltage", "accelerating voltage on the section", "V", 2 * kV),
    Claim(
        "fig4a.lines",
        "lines of the largest array without selectors that keeps half the read margin, other lines "
        "grounded",
        "1",
        None,
        "consequence",
        between(9.0, float("inf"), "nine word lines hold the 3 x 3 kernel that is demonstrated"),
        "selector-less MCA",
    ),
    Claim(
        "fig4h.sparse",
        "pulses on C over pulses on A",
        "1",
        None,
        "consequence",
        between(0.0, 0.1, "sparse: one in ten at most"),
        "sparsely update its weight values",
    ),
    Claim(
        "figS5.hottest",
        "hottest step of the process",
        "K",
        None,
        "consequence",
        between(0.0, celsius(160.0), "no step above 160 C"),
        "processes below 160 C",
    ),
    Claim(
        "figS5.cmos",
        "thermal budget of finished CMOS that the process uses",
        "1",
        None,
        "consequence",
        between(0.0, 1.0, "within the budget"),
        "CMOS-compatible thermal budget",
    ),
    Claim(
        "noteS2.offset",
        "zero of A from the symmetry point, after the shift over before it",
        "1",
        None,
        "predicted",
        between(0.0, 0.5, "significantly: half at most"),
        "randomness can be significantly reduced",
        _STIFF_HOPS,
    ),
)
"""The wafer, the process and the microscope: what the paper shows before it measures."""

CLAIMS: tuple[Claim, ...] = (
    *_PROCESS,
    *_WRITE,
    *_SWITCHING,
    *_MIGRATION,
    *_COMPUTE,
    *_NETWORK,
    *_WHOLE,
)


def claim(id: str) -> Claim:
    """Return one claim by its id.

    Raises
    ------
    KeyError
        If the ledger has none of that id.

    Examples
    --------
    >>> ac.claims.claim("figS1.rf-power").quantity
    'RF power'
    """
    for c in CLAIMS:
        if c.id == id:
            return c
    raise KeyError(f"no claim {id!r} in the ledger{nearest(id, [c.id for c in CLAIMS])}")


def published(id: str) -> float:
    """Return the published number of a claim [its unit].

    Raises
    ------
    KeyError
        If there is no such claim, or its text states no number.

    Examples
    --------
    >>> ac.claims.published("figS1.rf-power")
    150.0
    """
    number = claim(id).published
    if number is None:
        raise KeyError(f"claim {id!r} has no published number: {claim(id).as_stated!r}")
    return number
