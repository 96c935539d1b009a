"""What the command line shows: a progress bar on a terminal, plain lines elsewhere, and tables."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from acanthite.claims import CLAIMS
from acanthite.errors import FigureError, nearest
from acanthite.figures import NAMES
from acanthite.formatting import as_text, duration, percent, points
from acanthite.parameters import ParameterSet
from acanthite.report.claim_text import agreement, as_published, claimed, match_in_words
from acanthite.report.part import Part
from acanthite.report.runner import RunResult
from acanthite.report.verdicts import VERDICTS, counts, draws_in_words, headline, judge
from acanthite.report.watcher import Watcher

if TYPE_CHECKING:
    from acanthite.explore import Findings
    from acanthite.film import Film
    from acanthite.nn import TrainingProgress
    from acanthite.studies import StudyResult
    from acanthite.torch import InferenceResult

T = TypeVar("T")

__all__ = [
    "RunDisplay",
    "Timeline",
    "TrainingDisplay",
    "print_claims",
    "print_exploration",
    "print_film",
    "print_inference",
    "print_jobs",
    "print_parameters",
    "print_result",
    "print_study",
    "print_table",
    "print_training",
    "working",
    "working_on",
]

_COLOURS = {
    "match": "green",
    "near": "yellow",
    "miss": "bold red",
    "not judged": "dim",
    "not run": "dim",
}
_MOST_REASONS = 3  # why points failed
_REFRESH = 0.1  # s between two redraws of the bar


class Timeline:
    """How far a run is, and how long it will still take, from each figure's weight.

    Parameters
    ----------
    weights : mapping of str to float
        Expected seconds of each figure on one core; a faster or slower machine shows in the time so
        far.
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = dict(weights)
        self._total = sum(weights.values()) or 1.0
        self._done = 0.0
        self._current = 0.0

    def progress(self, figure: str, fraction: float) -> None:
        """Note how far a figure is."""
        self._current = self._weights.get(figure, 0.0) * fraction

    def finish(self, figure: str) -> None:
        """Note that a figure is finished."""
        self._done += self._weights.get(figure, 0.0)
        self._current = 0.0

    @property
    def fraction(self) -> float:
        """Of the whole run, 0 to 1."""
        return min(1.0, (self._done + self._current) / self._total)

    def left(self, elapsed: float) -> float:
        """Return the seconds still to go after ``elapsed`` of them; the weights count for the first
        tenth.
        """
        fraction = self.fraction
        trust = min(1.0, fraction / 0.1)
        measured = elapsed * (1 - fraction) / fraction if fraction else 0.0
        return trust * measured + (1 - trust) * self._total * (1 - fraction)


class _Display:
    """A bar on standard error for as long as the ``with`` block lasts."""

    _bar: Progress

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the bar away."""
        self._bar.stop()


class RunDisplay(_Display, Watcher):
    """Show a run on standard error: a bar with the time left on a terminal, a line a figure
    elsewhere.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)
        self._timeline = Timeline({})
        self._begun = self._drawn = self._end = time.monotonic()
        self._bar = Progress(
            TextColumn("{task.fields[figure]:<8}", style="bold"),
            TextColumn("{task.description}", style="dim"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f} %"),
            _Countdown(self),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._task = self._bar.add_task("", total=1.0, figure="")

    def plan(self, weights: Mapping[str, float], finished: tuple[str, ...]) -> None:
        """Size the bar."""
        self._timeline = Timeline(weights)
        self._begun = time.monotonic()
        if finished:
            figures = len(finished) + sum(name in NAMES for name in weights)
            self.console.print(f"{len(finished)} of {figures} figures were finished before")

    def start(self, figure: str, title: str) -> None:
        """Name the figure on the bar."""
        self._draw(figure=figure, description=title[:40])

    def progress(self, figure: str, fraction: float) -> None:
        """Move the bar, a few times a second at most."""
        self._timeline.progress(figure, fraction)
        if time.monotonic() - self._drawn >= _REFRESH:
            self._draw()

    def finish(self, part: Part) -> None:
        """Leave a line that says what came out."""
        self._timeline.finish(part.figure)
        line = Text(f"{part.figure:<8} {duration(part.seconds):>9}  ")
        line.append_text(_verdict_line(part))
        self.console.print(line, soft_wrap=True)
        self._draw()

    def report(self) -> None:
        """Say so."""
        self._draw(figure="report", description="writing")

    def left(self) -> float:
        """Return the seconds to go as last estimated, counted down."""
        return max(0.0, self._end - time.monotonic())

    def _draw(self, **fields: str) -> None:
        self._drawn = time.monotonic()
        self._end = self._drawn + self._timeline.left(self._drawn - self._begun)
        self._bar.update(
            self._task,
            completed=self._timeline.fraction,
            refresh=bool(fields),
            **fields,  # type: ignore[arg-type]
        )


class _Countdown(ProgressColumn):
    """The time left, ticking between two reports of progress."""

    def __init__(self, display: RunDisplay) -> None:
        super().__init__()
        self._display = display

    def render(self, task: Task) -> Text:
        seconds = self._display.left()
        return Text(f"{duration(max(1, round(seconds)))} left" if seconds else "", style="cyan")


def _verdict_line(part: Part) -> Text:
    if part.state != "done":
        style = "bold red" if part.state == "failed" else "yellow"
        return Text.assemble((part.state, style), f": {part.reason}")
    rows = (row for row in judge(part.estimates) if row.estimate is not None)
    verdicts = Counter(row.verdict for row in rows)
    shown = [
        (f"{verdicts[verdict]} {verdict}", _COLOURS[verdict])
        for verdict in VERDICTS
        if verdicts[verdict]
    ]
    return Text(", ").join(Text(text, style) for text, style in shown) if shown else Text("done")


class TrainingDisplay(_Display):
    """Show a training on standard error: a bar with the accuracy so far on a terminal, a line an
    epoch elsewhere.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True, highlight=False)
        self._epoch = 0
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[so_far]}", style="dim"),
            console=self.console,
            transient=True,
            disable=not self.console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, so_far="")

    def during(self, what: str, work: Callable[[], T]) -> T:
        """Name what is being done and do it."""
        self._bar.update(self._task, description=what)
        return work()

    def compiling(self) -> None:
        """Say why nothing will move for a while."""
        self.console.print(
            "compiling the kernels, once after an installation: half a minute", style="dim"
        )

    def watch(self, standing: TrainingProgress) -> None:
        """Move the bar; leave a line at the end of an epoch."""
        if standing.resumed:
            self._epoch = standing.epoch
            self.console.print(f"resumed after {standing.fraction:.0%} of {standing.epochs} epochs")
        elif standing.epoch > self._epoch:
            self._epoch = standing.epoch
            self.console.print(_epoch_line(standing), soft_wrap=True)
        under_way = min(standing.epoch + 1, standing.epochs)
        self._bar.update(
            self._task,
            description=f"epoch {under_way} of {standing.epochs}",
            total=1.0,
            completed=standing.fraction,
            so_far=f"{standing.train_accuracy:.1%} so far" if standing.train_accuracy >= 0 else "",
        )


def _epoch_line(standing: TrainingProgress) -> str:
    width = len(str(standing.epochs))
    measured = f"  accuracy {standing.accuracy:.2%}" if standing.accuracy >= 0 else ""
    return (
        f"epoch {standing.epoch:>{width}} of {standing.epochs}{measured}"
        f"  (training {standing.train_accuracy:.2%}, {standing.samples_per_second:,.0f} samples/s)"
    )


def print_training(result: Mapping[str, Any], folder: Path) -> None:
    """Print what a training gave and where its files are."""
    table = _table("training", "value")
    for label, name in (
        ("test accuracy", "test_accuracy"),
        ("validation accuracy", "validation_accuracy"),
    ):
        if result[name] is not None:
            table.add_row(label, percent(result[name], 4))
    table.add_row("speed", f"{result['train_samples_per_second']:,.0f} samples/s")
    table.add_row("write pulses", f"{result['pulses']:,}")
    table.add_row("write energy", as_text(result["write_energy_joule"], "J", 3))
    table.add_row("read energy", as_text(result["read_energy_joule"], "J", 3))
    table.add_row("time on the arrays", f"at most {as_text(result['hardware_seconds'], 's', 3)}")
    console = _console()
    console.print(table)
    console.print(Text(f"folder: {folder}"), soft_wrap=True)


def print_exploration(findings: Findings, folder: Path) -> None:
    """Print what each algorithm would gain from which property, and where the files are."""
    from acanthite.explore.report import HEADINGS, rows

    console = _console()
    for algorithm, base in findings.baseline.items():
        console.print(
            f"{algorithm}: {percent(float(base.accuracy.mean()), 4)} on the device as it is",
            style="bold",
        )
        print_table(HEADINGS, rows(findings, algorithm))
    console.print(Text(f"folder: {folder}"), soft_wrap=True)


def print_inference(result: InferenceResult, folder: Path) -> None:
    """Print accuracy at each time, what was lost most by, and where the report is."""
    from acanthite.torch.inference.drawings import time_label

    console = _console()
    table = _table("after programming", "accuracy (%)", "spread (points)")
    table.add_row("in software", points(result.digital_accuracy), "")
    rows = zip(result.times, result.accuracy_mean, result.accuracy_std, strict=True)
    for moment, mean, std in rows:
        table.add_row(time_label(float(moment)), points(float(mean)), points(float(std)))
    console.print(table)
    gains = sorted(result.gains.items(), key=lambda item: -float(item[1].mean()))
    for name, gain in gains[:3]:
        better = 100 * float(gain.mean())
        console.print(Text(f"without {name}: {better:+.2f} points"), soft_wrap=True)
    for note in result.notes:
        console.print(Text(f"note: {note}"), soft_wrap=True)
    console.print(Text(f"report: {folder / 'report.html'}"), soft_wrap=True)


def print_jobs() -> None:
    """Print the jobs that studies can run, with their settings."""
    from acanthite.studies import JOBS

    rows = [(name, job.about, ", ".join(job.settings)) for name, job in JOBS.items()]
    print_table(("job", "what it does", "settings"), rows)


def print_study(result: StudyResult) -> None:
    """Print how many runs are done, the best point, what each setting does, and the folder."""
    from acanthite.studies.results.effects import settings_of

    console = _console()
    console.print(
        f"{result.study.runs.name}: {result.done} runs done, {result.failed} failed", style="bold"
    )
    for reason, times in Counter(result.errors).most_common(_MOST_REASONS):
        console.print(Text(f"  failed, {times}: {reason}"), style=_COLOURS["miss"], soft_wrap=True)
    if result.best is not None:
        units = {name: result.data[name].attrs.get("units", "1") for name in result.data.variables}
        for name, value in result.best.items():
            text = as_text(value, units.get(name, "1")) if isinstance(value, float) else str(value)
            console.print(f"  best {name.replace('_', ' ')}: {text}", highlight=False)
    elif result.study.goal is not None:
        console.print("no point keeps the bounds of the goal", style=_COLOURS["miss"])
    settings = settings_of(result.data)
    shares = result.as_json()["share_of_variance"]
    rows = [
        (output, *("·" if by[name] is None else percent(by[name], 2) for name in settings))
        for output, by in shares.items()
        if any(share is not None for share in by.values())
    ]
    if rows:
        print_table(("variance explained by", *settings), rows)
    console.print(Text(f"folder: {result.folder}"), soft_wrap=True)


def print_result(result: RunResult) -> None:
    """Print how many claims got which verdict, predictions first, the misses, the failures, and
    where the report is.
    """
    console = Console(highlight=False)
    console.print(Text(headline(result.rows), style="bold"), soft_wrap=True)
    table = _table("claims", *VERDICTS)
    for how, verdicts in counts(result.rows).items():
        table.add_row(how, *(str(verdicts[verdict] or "·") for verdict in VERDICTS))
    console.print(table)
    for row in (row for row in result.rows if row.verdict == "miss"):
        ours = claimed(row.claim, row.value)
        text = (
            f"  {row.claim.quantity} ({row.claim.id}, {row.claim.how}): {ours}, published "
            f"{as_published(row.claim)}{agreement(row)}"
        )
        console.print(Text.assemble(("miss", _COLOURS["miss"]), text), soft_wrap=True)
    for part in (part for part in result.parts.values() if part.state != "done"):
        console.print(Text(f"{part.state}  {part.figure}: {part.reason}"), soft_wrap=True)
    if over_draws := draws_in_words(result.rows):
        console.print(Text(over_draws), soft_wrap=True)
    console.print(Text(f"report: {result.folder.report}"), soft_wrap=True)


def print_claims(figures: Sequence[str] | None = None) -> None:
    """Print the ledger, or the claims of some figures.

    Raises
    ------
    FigureError
        If a figure has no claim.
    """
    known = {claim.figure for claim in CLAIMS}
    for name in figures or ():
        if name not in known:
            raise FigureError(
                f"no claim of figure {name!r}{nearest(name, known)}; 'acanthite claims' prints all"
            )
    table = _table("id", "quantity", "published", "match", "how")
    for claim in CLAIMS:
        if not figures or claim.figure in figures:
            table.add_row(
                claim.id, claim.quantity, as_published(claim), match_in_words(claim), claim.how
            )
    _console().print(table)


def print_parameters(parameters: ParameterSet) -> None:
    """Print a parameter set with its provenance."""
    table = _table("parameter", "value", "±", "how", "source", "where")
    for key, q in parameters.items():
        table.add_row(
            key, as_text(q.value, q.unit, 4), as_text(q.std, q.unit), q.how, q.source, q.where
        )
    _console().print(table)


def print_film(film: Film, parameters: ParameterSet, as_json: bool = False) -> None:
    """Print what a recipe gives, as a table or as JSON in SI."""
    from acanthite.film.summary import summary

    entries = summary(film, parameters)
    if as_json:
        values = {e.name: {"value": e.value, "unit": e.unit, "basis": e.basis} for e in entries}
        print(
            json.dumps({"recipe": asdict(film.recipe), "film": values}, indent=2, allow_nan=False)
        )
        return
    table = _table("film", "value", "basis")
    for entry in entries:
        value = entry.value if isinstance(entry.value, str) else as_text(entry.value, entry.unit, 3)
        table.add_row(entry.label, value, entry.basis)
    _console().print(table)


def print_table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; columns named "value", "published" or "±" are numbers."""
    table = _table(*names)
    for row in rows:
        table.add_row(*row)
    _console().print(table)


@contextmanager
def working(what: str) -> Iterator[Callable[[float], None]]:
    """Show a bar on standard error while something is computed, where that is a terminal; yield
    what moves it.

    Parameters
    ----------
    what : str
        Shown beside the bar.
    """
    console = Console(stderr=True, highlight=False)
    columns = TextColumn("{task.description}"), BarColumn(bar_width=24), TimeRemainingColumn()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda fraction: bar.update(task, completed=fraction)


@contextmanager
def working_on() -> Iterator[Callable[[str, float], None]]:
    """Show a bar with what is being done beside it, where standard error is a terminal; yield what
    moves it.
    """
    console = Console(stderr=True, highlight=False)
    columns = BarColumn(bar_width=24), TimeRemainingColumn(), TextColumn("{task.description}")
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda what, fraction: bar.update(task, description=what[:60], completed=fraction)


def _console() -> Console:
    """Return a console that does not break lines where its output is read by another program."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=200)


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for index, name in enumerate(names):
        numbers = name in VERDICTS or name in ("value", "published", "±")
        table.add_column(
            name, justify="right" if numbers else "left", no_wrap=index == 0 or numbers
        )
    return table
