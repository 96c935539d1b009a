"""acanthite: the open digital twin of wafer-scale Ag2S memristive crossbar arrays.

One device, every scale: film -> device -> measurement -> analysis -> synapse -> crossbar -> nn ->
report. Rooms are imported when first used, so ``import acanthite`` and ``acanthite --help`` stay
quick.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

__version__ = "0.1.0"

_ROOMS = (
    "analysis",
    "claims",
    "constants",
    "cost",
    "crossbar",
    "deprecation",
    "device",
    "display",
    "drawing",
    "errors",
    "estimate",
    "explore",
    "figures",
    "film",
    "fitting",
    "inference",
    "measurement",
    "nn",
    "parameters",
    "progress",
    "quantities",
    "random",
    "report",
    "studies",
    "synapse",
    "threads",
    "torch",
    "wafer",
)

_MISSING = () if importlib.util.find_spec("torch") else ("torch",)

__all__ = ["__version__", *(room for room in _ROOMS if room not in _MISSING)]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"acanthite.{name}")
    raise AttributeError(f"module 'acanthite' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
