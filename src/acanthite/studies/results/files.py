"""What a study leaves in its folder: the data set, tables, pictures and a report."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING

import xarray as xr

from acanthite.drawing import look, save
from acanthite.files import atomic, write_text
from acanthite.formatting import as_text
from acanthite.studies.results import drawings
from acanthite.studies.results.dataset import FAILED
from acanthite.studies.results.effects import MainEffect, SobolIndices, outputs_of, settings_of

if TYPE_CHECKING:
    from acanthite.studies.results.result import StudyResult

_MOST_ERRORS = 10


def write_data(folder: Path, data: xr.Dataset) -> None:
    """Write the data set, whole or not at all."""
    with atomic(folder / "study.nc") as temporary:
        data.to_netcdf(temporary, engine="h5netcdf", format="NETCDF4")


def write_report(result: StudyResult) -> None:
    """Write everything a study leaves."""
    folder = result.folder
    write_data(folder, result.data)
    with atomic(folder / "results.csv") as temporary:
        result.to_dataframe().to_csv(temporary, index=False)
    indices = result.indices if _balanced(result) else []
    write_text(folder / "effects.csv", _effects_csv(result.effects))
    if indices:
        write_text(folder / "sobol.csv", _indices_csv(indices))
    write_text(folder / "report.md", as_markdown(result, indices))
    if result.effects and result.done:
        with look():
            save(drawings.draw_effects(result), folder / "study")
            if indices:
                save(drawings.draw_indices(indices), folder / "sobol")


def _balanced(result: StudyResult) -> bool:
    """Return whether Sobol's indices can be had: of that design, with nothing missing."""
    whole = bool((result.data["state"] == 1).all())
    return result.study.design == "saltelli" and result.study.goal is None and whole


def _effects_csv(effects: list[MainEffect]) -> str:
    rows = [("output", "setting", "value", "mean", "standard_error", "share_of_variance")]
    for effect in effects:
        for value, mean, error in zip(effect.values, effect.mean, effect.error, strict=True):
            numbers = (repr(float(mean)), repr(float(error)), f"{effect.share:.4f}")
            rows.append((effect.output, effect.setting, str(value), *numbers))
    return _csv(rows)


def _indices_csv(indices: list[SobolIndices]) -> str:
    rows = [("output", "setting", "first", "first_error", "total", "total_error")]
    for one in indices:
        columns = zip(
            one.settings, one.first, one.first_error, one.total, one.total_error, strict=True
        )
        rows += [(one.output, name, *(f"{v:.5f}" for v in values)) for name, *values in columns]
    return _csv(rows)


def _csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def as_markdown(result: StudyResult, indices: list[SobolIndices]) -> str:
    """Return the report of a study as Markdown."""
    data = result.data
    points, seeds = data.sizes["point"], data.sizes["seed"]
    parts = [
        f"# Study of `{result.study.runs.name}`",
        f"{points} points ({data.attrs['design']}), {seeds} seed{'s' * (seeds > 1)} each: "
        f"{result.done} runs done, {result.failed} failed. What does not vary: "
        f"{data.attrs['fixed'] or 'the defaults of the job'}.",
        _goal_text(result),
        _range_table(result),
        _effect_table(result.effects),
        _sobol_table(indices),
        _errors_text(data),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _goal_text(result: StudyResult) -> str:
    if result.study.goal is None:
        return ""
    best = result.best
    if best is None:
        return "**No point keeps the bounds of the goal.**"
    units = {str(n): result.data[n].attrs.get("units", "1") for n in result.data.variables}
    told = [f"{name} = {_value(value, units.get(name, '1'))}" for name, value in best.items()]
    return f"**Best point:** {', '.join(told)}."


def _value(value: object, unit: str) -> str:
    return as_text(value, unit) if isinstance(value, float) else str(value)


def _range_table(result: StudyResult) -> str:
    rows = []
    for name in outputs_of(result.data):
        values = result.data[name]
        unit = values.attrs.get("units", "1")
        if values.notnull().any():
            told = [as_text(float(values.quantile(q)), unit) for q in (0.0, 0.5, 1.0)]
            rows.append(f"| {name} | {' | '.join(told)} |")
    if not rows:
        return ""
    return "\n".join(["| result | lowest | median | highest |", "|---|---|---|---|", *rows])


def _effect_table(effects: list[MainEffect]) -> str:
    effects = [effect for effect in effects if not math.isnan(effect.share)]
    if not effects:
        return ""
    names = list(dict.fromkeys(effect.setting for effect in effects))
    share = {(e.output, e.setting): e.share for e in effects}
    rows = [
        f"| {output} | "
        + " | ".join(_percent(share.get((output, name), math.nan)) for name in names)
        + " |"
        for output in dict.fromkeys(effect.output for effect in effects)
    ]
    head = [f"| result | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    title = "Share of the variance among points that a setting explains by itself:"
    return "\n".join([title, "", *head, *rows])


def _percent(share: float) -> str:
    return "-" if math.isnan(share) else f"{share:.0%}"


def _sobol_table(indices: list[SobolIndices]) -> str:
    if not indices:
        return ""
    rows = [
        f"| {one.output} | {name} | {one.first[k]:.3f} ± {one.first_error[k]:.3f} "
        f"| {one.total[k]:.3f} ± {one.total_error[k]:.3f} |"
        for one in indices
        for k, name in enumerate(one.settings)
    ]
    head = ["| result | setting | alone | with others |", "|---|---|---|---|"]
    return "\n".join(["Sobol's indices, with 95 % intervals:", "", *head, *rows])


def _errors_text(data: xr.Dataset) -> str:
    failed = [
        (int(p), int(s)) for p, s in zip(*(data["state"].values == FAILED).nonzero(), strict=True)
    ]
    if not failed:
        return ""
    names = settings_of(data)
    lines = [f"{len(failed)} runs failed:", ""]
    for point, seed in failed[:_MOST_ERRORS]:
        told = ", ".join(f"{name} = {data[name].values[point]}" for name in names)
        lines.append(
            f"- point {point}, seed {seed + 1} ({told}): {data['error'].values[point, seed]}"
        )
    if len(failed) > _MOST_ERRORS:
        lines.append(f"- and {len(failed) - _MOST_ERRORS} more, in results.csv")
    return "\n".join(lines)
