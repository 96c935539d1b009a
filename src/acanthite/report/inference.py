"""The page of a study of inference, and its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from acanthite.drawing import save_with_data
from acanthite.files import write_text
from acanthite.formatting import percent, points
from acanthite.report.pictures import Picture, embed
from acanthite.report.rendering import environment
from acanthite.report.versions import versions

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from acanthite.torch import InferenceResult, InferenceStudy, Views

__all__ = ["write_inference"]


@dataclass(frozen=True)
class _Shown:
    """A picture of the page.

    Parameters
    ----------
    title, caption, alt : str
    picture : Picture
    tables : tuple of str
        Its data.
    """

    title: str
    caption: str
    alt: str
    picture: Picture
    tables: tuple[str, ...]


def write_inference(
    folder: Path, study: InferenceStudy, result: InferenceResult, views: Views, data: str
) -> None:
    """Draw a study into its folder, each picture with its data, and write ``report.html``.

    Parameters
    ----------
    folder : pathlib.Path
    study : InferenceStudy
    result : InferenceResult
    views : Views
    data : str
        Name of the data set.
    """
    from acanthite.torch.inference import drawings

    draws = len(result.accuracy)
    pictures = [
        _shown(
            folder,
            "accuracy",
            drawings.accuracy(result),
            "Accuracy in time",
            f"Test accuracy after programming: mean and standard deviation over {draws} "
            "programmings into fresh cells (thin lines), beside the network in software (dashed).",
            "A line of accuracy against time on a logarithmic axis, below a dashed line.",
        )
    ]
    if result.gains:
        pictures.append(
            _shown(
                folder,
                "losses",
                drawings.losses(result),
                "Where the loss comes from",
                "Accuracy gained at the last time with one fault of the chip switched off and all "
                "others as they are, cells and noise the same. Faults hide each other: the bars "
                "need not add up to the loss.",
                "Horizontal bars, one for each fault of the chip.",
            )
        )
    pictures.append(
        _shown(
            folder,
            "weights",
            drawings.weights(views.weights),
            "Weights",
            "Weights in software, and those that the chip multiplies by at the first and the last "
            "time, drift not compensated, over the largest of their layer; what is beyond the ends "
            "is in the last bins.",
            "Three peaked distributions over each other.",
        )
    )
    if views.converters.counts:
        pictures.append(
            _shown(
                folder,
                "converters",
                drawings.converters(views.converters),
                "Use of the converters",
                "Currents that reach the converters of each layer at the last time, over their "
                "range (grey); what is beyond it is clipped, and beyond the ends in the last bins.",
                "Distributions of currents, mostly within a grey band.",
            )
        )
    html = (
        environment(share=percent, accuracy=_accuracy)
        .get_template("inference.html.j2")
        .render(
            study=study,
            result=result,
            pictures=pictures,
            rows=_rows(result),
            settings=_settings(study, data),
            chip=_chip_text(folder),
            versions=versions(),
        )
    )
    write_text(folder / "report.html", html)


def _shown(folder: Path, name: str, figure: Figure, title: str, caption: str, alt: str) -> _Shown:
    stem = folder / "figures" / name
    stem.parent.mkdir(exist_ok=True)
    tables = save_with_data(figure, stem)
    picture = embed(stem.with_suffix(".svg"), stem.with_suffix(".png"))
    return _Shown(title, caption, alt, picture, tables)


def _accuracy(share: float) -> str:
    return f"{points(share)}\N{NARROW NO-BREAK SPACE}%"


def _rows(result: InferenceResult) -> list[tuple[str, str, str, str]]:
    """Return time, mean, spread and what is lost, as the table has them."""
    from acanthite.torch.inference.drawings import time_label

    rows = zip(result.times, result.accuracy_mean, result.accuracy_std, strict=True)
    return [
        (
            time_label(float(time)),
            _accuracy(float(mean)),
            points(float(spread)),
            points(result.digital_accuracy - float(mean)),
        )
        for time, mean, spread in rows
    ]


def _settings(study: InferenceStudy, data: str) -> list[tuple[str, str]]:
    model = study.chip.cells
    weights = "trained here" if study.weights is None else str(Path(study.weights).name)
    return [
        ("network", f"{study.network}, {weights}"),
        ("data set", data),
        ("cells", f"{type(model).__name__}: {model.SOURCE}"),  # type: ignore[union-attr]
        ("arrays", f"{study.chip.rows} x {study.chip.columns}"),
        ("programming", study.chip.programming),
        ("compensation", study.chip.compensation),
        ("programmed", f"{study.draws} times"),
        ("seed", str(study.seed)),
    ]


def _chip_text(folder: Path) -> str:
    path = folder / "chip.toml"
    return path.read_text(encoding="utf-8") if path.exists() else ""
