"""The exception tree: every error a user can cause is an ``AcanthiteError``.

::

    AcanthiteError
    ├── ParameterError     a parameter set or TOML file: unknown key, wrong unit, value out of range
    ├── UnitError          a quantity in a unit that the argument cannot have
    ├── RecipeError        a process recipe that no chamber could run
    ├── LawError           a device law that cannot be compiled or integrated
    ├── ProgramError       a measurement program that makes no sense
    ├── RecordingError     a recording that is truncated, foreign, or lacks a variable
    ├── AnalysisError      an analysis of data that cannot support it
    ├── LayoutError        masks that cannot be drawn, or break a design rule
    ├── ProcessError       a process flow or wafer map that makes no sense
    ├── FitError           a fit that cannot be made, or a device file that cannot be read
    ├── CrossbarError      an array that cannot be solved, or that is too small for its contents
    │   └── ConvergenceError          its solution did not reach the required residual
    ├── CellError          a cell model that does not exist, or is asked what nobody measured
    ├── ChipError          a chip whose parts do not go together, or that cannot hold a network
    ├── StudyError         a study that makes no sense, or a job that cannot be run
    ├── DatasetError       a data set that is missing, corrupted or of another shape
    │   └── DatasetUnavailableError   it could not be obtained; the message says what to do
    ├── ImageError         an image that is not 8-bit grey
    ├── TrainingError      a training that cannot start or go on
    ├── MissingExtraError  a part that needs a package which is not installed
    ├── FigureError        an unknown figure
    └── RunFolderError     an output folder that cannot be used

A message names the argument or file, the value, what was expected, and what to do.
"""

from __future__ import annotations

from typing import Any


class AcanthiteError(Exception):
    """Base of every error acanthite raises on purpose; the command line prints it in one line."""


class ParameterError(AcanthiteError, ValueError):
    """A parameter set or TOML file is wrong."""


class UnitError(AcanthiteError, ValueError):
    """A quantity has a unit that the argument cannot have."""


class RecipeError(AcanthiteError, ValueError):
    """A process recipe is wrong."""


class LawError(AcanthiteError, ValueError):
    """A device law is wrong."""


class ProgramError(AcanthiteError, ValueError):
    """A measurement program is wrong."""


class RecordingError(AcanthiteError, ValueError):
    """A recording cannot be read or lacks something."""


class AnalysisError(AcanthiteError, ValueError):
    """The data cannot support the analysis."""


class FitError(AcanthiteError, ValueError):
    """A law cannot be fitted to what was given, or a device file is wrong."""


class CrossbarError(AcanthiteError, ValueError):
    """An array of memristors cannot be solved, or that is too small for its contents."""


class ConvergenceError(CrossbarError):
    """The solution of an array did not reach the required residual."""


class CellError(AcanthiteError, ValueError):
    """A cell model does not exist, or is asked for what it cannot say."""


class ChipError(AcanthiteError, ValueError):
    """The parts of a chip do not go together, or it cannot hold what it is given."""


class StudyError(AcanthiteError, ValueError):
    """A study makes no sense, or its job cannot be run."""


class RangeWarning(UserWarning):
    """A model is continued beyond what was measured."""


class LayoutError(AcanthiteError, ValueError):
    """Masks cannot be drawn, or break a design rule."""


class ProcessError(AcanthiteError, ValueError):
    """A process flow or a map of a wafer is wrong."""


class DatasetError(AcanthiteError, ValueError):
    """A data set is corrupted or has another shape."""


class DatasetUnavailableError(DatasetError):
    """A data set could not be found or fetched."""


class ImageError(AcanthiteError, ValueError):
    """An image is not the 8-bit grey picture it must be."""


class TrainingError(AcanthiteError, ValueError):
    """A training cannot start or go on."""


class MissingExtraError(AcanthiteError, ImportError):
    """A part of acanthite needs a package that is not installed."""


class FigureError(AcanthiteError, ValueError):
    """No such figure."""


class RunFolderError(AcanthiteError, ValueError):
    """The output folder cannot be used."""


def nearest(name: str, names: object) -> str:
    """Return ``"; did you mean 'x'?"`` for the closest of ``names``, or an empty string."""
    import difflib

    close = difflib.get_close_matches(name, [str(n) for n in names], n=1, cutoff=0.4)  # type: ignore[attr-defined]
    return f"; did you mean {close[0]!r}?" if close else ""


def brief(value: Any) -> str:
    """Return a value as a message shows it: on one line, and not a page of it."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 80 else f"{text[:77]}..."
