"""The Ag2S synapse: the device's ladders measured on the twin, and the pulse law fitted to them.

Measured once, it is cached in the user's cache folder until anything in the package changes.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from acanthite.errors import ParameterError
from acanthite.synapse.base import Synapse
from acanthite.synapse.device_file import load, save
from acanthite.synapse.fit import fit

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.device import Devices
    from acanthite.parameters import ParameterSet

_SEAL = "# sha256 "


def ag2s() -> Synapse:
    """Return the pulse law fitted to the Ag2S device's ladders, from the cache if it is whole."""
    path = folder() / f"ag2s-{_fingerprint()}.toml"
    cached = _read(path)
    return _measure_into(path) if cached is None else cached


def measure() -> Synapse:
    """Measure ladders of thirty devices on the thick film, and fit the pulse law to them."""
    from acanthite.device import Filament
    from acanthite.film import Recipe, grow
    from acanthite.parameters import AG2S

    recipe = Recipe.of(AG2S, thickness=AG2S.value("stack.thick_film_thickness"))
    devices = Filament.from_film(grow(recipe, AG2S), AG2S).sample(30, seed=1008)
    return fit(ladders(devices, AG2S))


def ladders(devices: Devices, parameters: ParameterSet) -> xr.Dataset:
    """Measure twenty ladders of 30 potentiation and 30 depression pulses on each device.

    Parameters
    ----------
    devices : Devices
    parameters : ParameterSet
        Of the pulses.
    """
    from acanthite.measurement import FAST, PulseLadder, run

    p = parameters.group("pulse")
    program = PulseLadder(
        30,
        30,
        20,
        p["write_voltage"],
        p["write_width"],
        parameters.value("instrument.pulse_edge"),
        read_voltage=p["read_voltage"],
    )
    return run(devices, program, instrument=FAST)


def folder() -> Path:
    """Return where measured devices are cached."""
    from platformdirs import user_cache_path

    return Path(os.environ.get("ACANTHITE_CACHE") or user_cache_path("acanthite")) / "devices"


def _measure_into(path: Path) -> Synapse:
    from acanthite.files import write_text

    synapse = measure()
    # a folder that cannot be written to costs the next start its seconds, no more
    with suppress(OSError):
        save(synapse, path)
        text = path.read_text(encoding="utf-8")
        write_text(path, f"{text}{_SEAL}{_hash(text)}\n")
    return synapse


def _read(path: Path) -> Synapse | None:
    try:
        text, _, seal = path.read_text(encoding="utf-8").rpartition(_SEAL)
        return load(path) if seal.strip() == _hash(text) else None
    except (OSError, UnicodeDecodeError, ParameterError):
        return None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _fingerprint() -> str:
    """Return the hash of all modules and parameter files: any of them may change the device."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for file in sorted(f for f in root.rglob("*") if f.suffix in (".py", ".toml")):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:20]
