"""Run figures in order, store each as soon as it is finished, then write the report."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from acanthite import threads
from acanthite.claims.judging import SEEDS, SEEDS_QUICK
from acanthite.drawing import describe, look, save_with_data
from acanthite.errors import AcanthiteError, DatasetUnavailableError, FigureError
from acanthite.estimate import Estimate
from acanthite.figures import FigureModule, Outcome, Settings, figure, select
from acanthite.figures.words import worded
from acanthite.parameters.reading import reading
from acanthite.report.folder import RunFolder
from acanthite.report.part import Part
from acanthite.report.repeats import Repeats, draws_of, repeated_figures, run_repeats, seeds_of
from acanthite.report.verdicts import Row, judge, validate, write_csv
from acanthite.report.watcher import Watcher

__all__ = ["DEFAULT_OUT", "RunResult", "reproduce"]

DEFAULT_OUT = Path("acanthite-run")


@dataclass(frozen=True)
class RunResult:
    """What a run left behind.

    Parameters
    ----------
    folder : RunFolder
    parts : mapping of str to Part
        Every figure in the folder, those of earlier runs too.
    rows : tuple of Row
        The whole ledger.
    failed : tuple of str
        Figures of this call that raised, on the run's own seed or on one that claims are judged by.

    Examples
    --------
    >>> folder = ac.report.RunFolder.open("another", ac.figures.Settings(seed=3))
    >>> folder.write_part(ac.report.Part("fig2c", "failed", reason="no memory left"))
    >>> result = ac.report.RunResult(folder, folder.parts(), rows=(), failed=("fig2c",))
    >>> [result.parts[name].reason for name in result.failed]
    ['no memory left']
    """

    folder: RunFolder
    parts: Mapping[str, Part]
    rows: tuple[Row, ...]
    failed: tuple[str, ...]


def reproduce(
    settings: Settings | None = None,
    only: Sequence[str] | None = None,
    out: str | Path = DEFAULT_OUT,
    watcher: Watcher | None = None,
    seeds: int | None = None,
    posterior: int = 0,
    scheduler: str | None = None,
) -> RunResult:
    """Run the twin of the paper, or some of its figures, into a folder; resume what is there.

    Parameters
    ----------
    settings : Settings, optional
        Seed, parameters, inputs.
    only : sequence of str, optional
        Figures or groups (``"fig3"``); all without it.
    out : path_like
        The run folder.
    watcher : Watcher, optional
        Hears how it goes.
    seeds : int, optional
        How many seeds the claims are judged over, from
        :data:`acanthite.claims.judging.FIRST_SEED` on; 10 without it, 2 in a quick run. With 0
        they are judged by the run's own seed. The pictures are always those of the run's own seed.
    posterior : int
        How many draws of the fitted parameters the claims are computed for, which gives each the
        range that the calibration leaves open: :attr:`Row.draws_range`, which holds one more draw
        with a chance of :attr:`Row.draws_coverage`. No verdict depends on it.
    scheduler : str, optional
        Address of a Dask scheduler, whose workers compute the claims for further seeds and draws.
        No result depends on it.

    Returns
    -------
    RunResult

    Raises
    ------
    FigureError
        If there is no such figure.
    RunFolderError
        If the folder cannot be used.
    ParameterError
        If the posterior was made for another parameter set, or has fewer draws.
    StudyError
        If the cluster cannot be had.
    AcanthiteError
        If a figure's own check finds an input wrong; nothing is written then.
    KeyboardInterrupt
        As it comes; finished figures stay, and the same call goes on from them.

    Notes
    -----
    A figure that raises is stored as failed, and the others run all the same.

    Examples
    --------
    >>> settings = ac.figures.Settings(quick=True)
    >>> result = ac.report.reproduce(settings, only=["figS1"], out="run")
    >>> list(result.parts), result.folder.report.name
    (['figS1'], 'report.html')
    """
    settings, watcher = settings or Settings(), watcher or Watcher()
    modules = _load(select(list(only) if only else None))
    _check(modules, settings)
    number = (SEEDS_QUICK if settings.quick else SEEDS) if seeds is None else seeds
    of_seeds, of_draws = seeds_of(number), draws_of(settings.parameters, posterior)
    folder = RunFolder.open(out, settings)
    repeated = {
        "seeds": Repeats(folder.repeats, settings, of_seeds),
        "draws": Repeats(folder.repeats, settings, of_draws),
    }
    threads.apply()
    finished = tuple(name for name in modules if folder.finished(name))
    todo = {name: module for name, module in modules.items() if name not in finished}
    titles = {
        "seeds": f"claims over {number} seeds",
        "draws": f"claims over {posterior} posterior draws",
    }
    names = repeated_figures(modules)
    weights = {name: _weight(module) for name, module in todo.items()}
    owed = {group: repeats.weight(names) for group, repeats in repeated.items()}
    weights |= {group: weight for group, weight in owed.items() if weight}
    watcher.plan(weights, finished)
    for name, module in todo.items():
        folder.write_part(_run(name, module, settings, folder, watcher))
        folder.write_run()
    done = tuple(name for name in names if folder.finished(name))
    for group, repeats in repeated.items():
        if repeats.owed(done):
            _repeat(group, titles[group], repeats, done, watcher, scheduler)
    watcher.report()
    return _conclude(folder, settings, tuple(modules), **repeated)


def _weight(module: FigureModule | Exception) -> float:
    return float(getattr(module, "WEIGHT", 1.0))


def _repeat(
    group: str,
    title: str,
    repeats: Repeats,
    names: tuple[str, ...],
    watcher: Watcher,
    scheduler: str | None,
) -> None:
    """Compute the claims for every seed, or every draw."""
    watcher.start(group, title)
    seconds = run_repeats(
        repeats, names, lambda fraction: watcher.progress(group, fraction), scheduler
    )
    failures = repeats.failures(names)
    reason = "; ".join(f"{name}, {why}" for name, why in failures.items())
    state = "failed" if failures else "done"
    watcher.finish(Part(group, state, title, reason=reason, seconds=seconds))


def _conclude(
    folder: RunFolder,
    settings: Settings,
    names: tuple[str, ...],
    seeds: Repeats,
    draws: Repeats,
) -> RunResult:
    from acanthite.report.page import write_page

    parts = folder.parts()
    estimates: dict[str, Estimate] = {}
    for part in parts.values():
        estimates |= part.estimates
    rows = judge(estimates, over=seeds.estimates(), draws=draws.estimates())
    folder.write_run(seeds=len(seeds.every), draws=len(draws.every))
    write_csv(folder.claims, rows)
    failures = {"seeds": seeds.failures(names), "draws": draws.failures(names)}
    write_page(folder, settings, parts, rows, failures)
    repeated = {*failures["seeds"], *failures["draws"]}
    failed = tuple(
        name
        for name in names
        if (name in parts and parts[name].state == "failed") or name in repeated
    )
    return RunResult(folder, parts, rows, failed)


def _load(names: tuple[str, ...]) -> dict[str, FigureModule | Exception]:
    """Return the modules; one that cannot be imported fails when its turn comes, alone."""
    modules: dict[str, FigureModule | Exception] = {}
    for name in names:
        try:
            modules[name] = figure(name)
        except Exception as error:
            modules[name] = error
    return modules


def _check(modules: Mapping[str, FigureModule | Exception], settings: Settings) -> None:
    """Let each figure look at its inputs before anything is written.

    Its optional ``check(settings)``.
    """
    for module in modules.values():
        check = getattr(module, "check", None)
        if check is not None:
            try:
                check(settings)
            except DatasetUnavailableError:  # the figure says so itself, and the others run
                continue


def _run(
    name: str,
    module: FigureModule | Exception,
    settings: Settings,
    folder: RunFolder,
    watcher: Watcher,
) -> Part:
    """Compute, save and draw one figure; whatever it raises becomes a failed part."""
    start = time.perf_counter()
    with reading() as in_texts:
        title, caption, alt = (
            worded(getattr(module, text, default), settings.parameters)
            for text, default in (("TITLE", name), ("CAPTION", ""), ("ALT", ""))
        )
    watcher.start(name, title)
    part = Part(name, "failed", title, caption)
    try:
        if isinstance(module, Exception):
            raise module
        with reading() as computed:
            outcome = module.compute(
                settings, lambda fraction: watcher.progress(name, min(max(fraction, 0.0), 1.0))
            )
        part = replace(
            part,
            state="done" if outcome.not_run is None else "not run",
            estimates=dict(outcome.estimates),
            notes=tuple(outcome.notes),
            sources=tuple(outcome.sources),
            reason=outcome.not_run or "",
            parameters=tuple(sorted(in_texts | computed)),
            **_write(name, module, outcome, alt, folder),
        )
    except Exception as error:
        reason, trace = _explain(error)
        part = Part(name, "failed", title, caption, reason=reason, trace=trace)
    part = replace(part, seconds=time.perf_counter() - start)
    watcher.finish(part)
    return part


def _write(
    name: str, module: FigureModule, outcome: Outcome, alt: str, folder: RunFolder
) -> dict[str, Any]:
    """Write recordings, pictures and tables; return what the part says of them."""
    if outcome.not_run is not None:
        if outcome.estimates:
            raise FigureError(f"{name} was not run and yet gives estimates")
        return {}
    validate(name, outcome.estimates)
    from acanthite.measurement import save_recording

    recordings = {f"{name}_{stem}.nc": data for stem, data in outcome.recordings.items()}
    for file, data in recordings.items():
        save_recording(data, folder.recording(file))
    with look():
        figure = module.draw(outcome)
        tables = save_with_data(figure, folder.figures / name)
    return {
        "alt": f"{alt} {describe(figure)}".strip(),
        "recordings": tuple(recordings),
        "tables": tables,
    }


def _explain(error: Exception) -> tuple[str, str]:
    """Return one line, and the traceback where the error is nobody's doing."""
    text = " ".join(str(error).split())
    if isinstance(error, AcanthiteError):
        return text, ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__, "".join(
        traceback.format_exception(error)
    )
