"""Pictures as data URIs, so that the report is one file.

The SVG where it is small, else the PNG.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Picture", "embed"]

_SMALL = 160_000  # bytes; 33 pictures of this size stay well under 15 MB
_MIME = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True)
class Picture:
    """A picture to inline: its data URI, and its size in CSS pixels (0 where unknown)."""

    uri: str
    width: int
    height: int

    @property
    def wide(self) -> bool:
        """Whether it wants the whole width of the page."""
        return self.height > 0 and (self.width > 620 or self.width / self.height > 1.9)


def embed(svg: Path, png: Path) -> Picture:
    """Return the one of the two files that serves the page best.

    Parameters
    ----------
    svg, png : pathlib.Path
        The same picture; the SVG gives the size.
    """
    width, height = _size(svg)
    chosen = svg if svg.stat().st_size <= max(_SMALL, min(png.stat().st_size, 2 * _SMALL)) else png
    data = base64.b64encode(chosen.read_bytes()).decode()
    return Picture(f"data:{_MIME[chosen.suffix]};base64,{data}", width, height)


def _size(svg: Path) -> tuple[int, int]:
    """Return width and height [CSS px] from the head of an SVG that states them in points."""
    with svg.open(encoding="utf-8") as file:
        head = file.read(4000)
    matches = [re.search(rf'<svg[^>]*\s{name}="([\d.]+)pt"', head) for name in ("width", "height")]
    width, height = (round(float(m[1]) * 4 / 3) if m else 0 for m in matches)
    return width, height
