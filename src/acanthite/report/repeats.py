"""The claims' measurements once more: for each seed they are judged by, and each posterior draw.

Nothing is drawn and no recording is written: a figure leaves its estimates, in a part of its own
under ``repeats/``. One repeat is the work of one process with one thread, so that all cores are
busy; no number depends on how many there are. A run that was stopped goes on after the last
finished part.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Event
from pathlib import Path

from acanthite import threads
from acanthite.claims import CLAIMS, judging_seeds
from acanthite.errors import AcanthiteError
from acanthite.estimate import Estimate
from acanthite.figures import NAMES, Settings, figure, silent
from acanthite.parameters import ParameterSet
from acanthite.parameters.posterior import draws as posterior_draws
from acanthite.parameters.reading import forget
from acanthite.report.part import Part, read_part, write_part
from acanthite.report.verdicts import validate

__all__ = ["Repeat", "Repeats", "draws_of", "repeated_figures", "run_repeats", "seeds_of"]

_POLL = 0.5  # s between two looks at how far the workers are
_stop: Event | None = None  # of a worker: set when the run is to end


@dataclass(frozen=True)
class Repeat:
    """One more run of the claims' measurements.

    Parameters
    ----------
    name : str
        Of its folder: ``"seed-5001"``, ``"draw-1-0f3a..."``.
    number : int
        Which of its kind, from 0: a figure too slow for all of them takes the first ones.
    settings : Settings
        Seed and parameters.
    """

    name: str
    number: int
    settings: Settings


@dataclass(frozen=True)
class Repeats:
    """The repeats of a run and where their parts are.

    Parameters
    ----------
    folder : pathlib.Path
        ``repeats/`` of the run folder.
    every : tuple of Repeat
    """

    folder: Path
    every: tuple[Repeat, ...]

    def path(self, repeat: Repeat, name: str) -> Path:
        """Return the file of a figure's part."""
        return self.folder / repeat.name / f"{name}.json"

    def part(self, repeat: Repeat, name: str) -> Part | None:
        """Return the part of a figure, None where there is none that can be trusted."""
        part = read_part(self.path(repeat, name))
        return part if part is not None and part.figure == name else None

    def todo(self, repeat: Repeat, names: Iterable[str]) -> tuple[str, ...]:
        """Return which of the figures a repeat still owes."""
        return tuple(
            name
            for name in names
            if repeat.number < _most(name) and not _done(self.part(repeat, name))
        )

    def weight(self, names: Iterable[str]) -> float:
        """Return the seconds on one core that are still to go, as far as the figures know."""
        names = tuple(names)
        every = (name for repeat in self.every for name in self.todo(repeat, names))
        return sum(_weight(name) for name in every) / max(1, threads.count())

    def estimates(self) -> tuple[dict[str, Estimate], ...]:
        """Return what each repeat has, by claim id."""
        each = []
        for repeat in self.every:
            parts = (self.part(repeat, name) for name in NAMES if repeat.number < _most(name))
            each.append({k: e for part in parts if part for k, e in part.estimates.items()})
        return tuple(each)

    def failures(self, names: Iterable[str]) -> dict[str, str]:
        """Return why figures failed in some repeat, by figure."""
        failures = {}
        for name in names:
            for repeat in self.every:
                part = self.part(repeat, name)
                if part is not None and part.state == "failed":
                    failures[name] = f"{repeat.name}: {part.reason}"
        return failures


def seeds_of(settings: Settings, number: int) -> tuple[Repeat, ...]:
    """Return a repeat for each seed that claims are judged by."""
    return tuple(
        Repeat(f"seed-{seed}", k, replace(settings, seed=seed))
        for k, seed in enumerate(judging_seeds(number))
    )


def draws_of(settings: Settings, number: int) -> tuple[Repeat, ...]:
    """Return a repeat for each draw of the parameters, all with the same seed.

    What differs between them is then the parameters alone.
    """
    (seed,) = judging_seeds(1)
    return tuple(
        Repeat(
            f"draw-{k + 1}-{_brief_hash(drawn)}",
            k,
            replace(settings, seed=seed, parameters=drawn),
        )
        for k, drawn in enumerate(posterior_draws(settings.parameters, number))
    )


def repeated_figures(names: Iterable[str]) -> tuple[str, ...]:
    """Return the figures that have claims which depend on the seed."""
    with_claims = {claim.figure for claim in CLAIMS if claim.how != "missing"}
    return tuple(name for name in names if name in with_claims and _most(name) > 0)


def run_repeats(repeats: Repeats, names: Sequence[str], progress: Callable[[float], None]) -> float:
    """Compute what the repeats still owe of some figures; return the seconds that took.

    Parameters
    ----------
    repeats : Repeats
    names : sequence of str
        Figures.
    progress : callable
        Hears the fraction done.
    """
    start = time.perf_counter()
    todo = [(repeat, repeats.todo(repeat, names)) for repeat in repeats.every]
    todo = [(repeat, owed) for repeat, owed in todo if owed]
    # the longest first, so that the last ones to finish are short
    todo.sort(key=lambda task: -sum(_weight(name) for name in task[1]))
    workers = _workers(len(todo))
    if workers > 1:
        _in_processes(repeats, todo, workers, progress)
    else:
        for k, (repeat, owed) in enumerate(todo):
            _work(repeats, repeat, owed)
            progress((k + 1) / len(todo))
    return time.perf_counter() - start


def measure(name: str, settings: Settings) -> Part:
    """Return the estimates of a figure.

    By its ``measure_claims`` where it has one, else by ``compute``.
    """
    part = Part(name, "failed")
    start = time.perf_counter()
    try:
        module = figure(name)
        short = getattr(module, "measure_claims", None)
        outcome = module.compute(settings, silent) if short is None else short(settings)
        if outcome.not_run is not None:
            part = replace(part, state="not run", reason=outcome.not_run)
        else:
            validate(name, outcome.estimates)
            part = replace(part, state="done", estimates=dict(outcome.estimates))
    except Exception as error:
        text = " ".join(str(error).split())
        kind = "" if isinstance(error, AcanthiteError) else f"{type(error).__name__}: "
        part = replace(part, reason=f"{kind}{text}")
    return replace(part, seconds=time.perf_counter() - start)


def _workers(tasks: int) -> int:
    return min(threads.count(), tasks)


def _in_processes(
    repeats: Repeats,
    todo: Sequence[tuple[Repeat, tuple[str, ...]]],
    workers: int,
    progress: Callable[[float], None],
) -> None:
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    owed = [repeats.path(repeat, name) for repeat, names in todo for name in names]
    begun = {path: _stamp(path) for path in owed}
    pool = ProcessPoolExecutor(workers, context, _begin, (stop,))
    try:
        running = {pool.submit(_work, repeats, repeat, names) for repeat, names in todo}
        while running:
            done, running = wait(running, _POLL, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
            progress(sum(_stamp(path) != begun[path] for path in owed) / len(owed))
    except BaseException:
        stop.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(stop: Event) -> None:
    """Make a worker ready: one thread, deaf to Ctrl-C, gone when its parent is."""
    global _stop
    _stop = stop
    for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    threads.use(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    """End this process when the run is to end, or its parent ended, however that came about."""
    parent = multiprocessing.parent_process()
    assert _stop is not None
    while not _stop.is_set():
        if parent is not None and not parent.is_alive():
            break
        time.sleep(_POLL)
    os._exit(1)


def _work(repeats: Repeats, repeat: Repeat, names: Sequence[str]) -> None:
    """Compute some figures of one repeat and write a part for each as soon as it is there."""
    for name in names:
        write_part(repeats.path(repeat, name), measure(name, repeat.settings))
    forget()


def _done(part: Part | None) -> bool:
    return part is not None and part.state == "done"


def _most(name: str) -> int | float:
    """Return how many repeats a figure takes part in.

    Its optional ``REPEATS``; 0 where its claims depend on no seed.
    """
    try:
        return getattr(figure(name), "REPEATS", float("inf"))
    except Exception:  # a module that cannot be imported fails when its turn comes
        return 0


def _weight(name: str) -> float:
    return float(getattr(figure(name), "WEIGHT", 1.0))


def _stamp(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _brief_hash(parameters: ParameterSet) -> str:
    numbers = {key: quantity.value.hex() for key, quantity in parameters.items()}
    return hashlib.sha256(json.dumps(numbers, sort_keys=True).encode()).hexdigest()[:8]
