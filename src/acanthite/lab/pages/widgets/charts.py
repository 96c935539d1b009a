"""Charts: lines and maps, drawn by the ECharts that come with the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from nicegui import ui

from acanthite.drawing.style import CYCLE, GREY, INK
from acanthite.formatting import as_text
from acanthite.lab.views.curves import Curve

_SI = """value => {
  if (!isFinite(value) || value === 0) return value + ' UNIT';
  const names = {'-15':'f','-12':'p','-9':'n','-6':'µ','-3':'m','0':'','3':'k','6':'M','9':'G'};
  const power = 3 * Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-9);
  if (!(power in names)) return value.toExponential(0) + ' UNIT';
  return Number((value / Math.pow(10, power)).toPrecision(3)) + ' ' + names[power] + 'UNIT';
}"""
_PERCENT = "value => Math.round(100 * value) + ' %'"


@dataclass(frozen=True)
class Axis:
    """One axis of a chart.

    Parameters
    ----------
    name : str
    unit : str
        SI; prefixes are put before it. "%" shows shares in percent.
    logarithmic : bool
    low, high : float, optional
        Ends; by the data without them.
    """

    name: str
    unit: str = ""
    logarithmic: bool = False
    low: float | None = None
    high: float | None = None

    def options(self) -> dict[str, Any]:
        """Return it as ECharts has it."""
        label: dict[str, Any] = {"color": INK, "hideOverlap": True}
        if self.unit == "%":
            label[":formatter"] = _PERCENT
        elif self.unit:
            label[":formatter"] = _SI.replace("UNIT", self.unit)
        return {
            "type": "log" if self.logarithmic else "value",
            "name": self.name,
            "nameLocation": "middle",
            "nameTextStyle": {"color": INK},
            "axisLabel": label,
            "axisLine": {"onZero": False},
            "min": self.low,
            "max": self.high,
            "scale": True,
        }


class LineChart:
    """Lines over two axes.

    Parameters
    ----------
    title : str
        Also what a screen reader says.
    x, y : Axis
    points : bool
        Whether points are marked.
    """

    def __init__(self, title: str, x: Axis, y: Axis, points: bool = False) -> None:
        self._points = points
        options = {
            "animation": False,
            "color": list(CYCLE),
            "textStyle": {"fontFamily": "inherit"},
            "grid": {"left": 74, "right": 18, "top": 34, "bottom": 48},
            "legend": {"top": 0, "textStyle": {"color": INK}},
            "xAxis": {**x.options(), "nameGap": 28},
            "yAxis": {**y.options(), "nameGap": 56},
            "series": [],
        }
        ui.label(title).classes("lab-title")
        self.chart = ui.echart(options).classes("lab-chart")
        self.chart.props(f'role=img aria-label="{title}"')

    def show(self, curves: Sequence[Curve]) -> None:
        """Draw curves in place of those before."""
        self.chart.options["legend"]["show"] = len(curves) > 1
        self.chart.options["series"] = [
            {
                "type": "line",
                "name": curve.name,
                "data": curve.points,
                "showSymbol": self._points,
                "symbolSize": 4,
                "lineStyle": {"width": 1.6},
            }
            for curve in curves
        ]
        self.chart.update()


class MapChart:
    """A map of values over rows and columns."""

    def __init__(self, title: str, unit: str, x: str, y: str) -> None:
        self._unit = unit
        axis = {
            "type": "category",
            "splitArea": {"show": False},
            "nameLocation": "middle",
            "nameTextStyle": {"color": INK},
            "axisLabel": {"color": GREY},
        }
        options = {
            "animation": False,
            "textStyle": {"fontFamily": "inherit"},
            "grid": {"left": 52, "right": 92, "top": 10, "bottom": 44},
            "xAxis": {**axis, "name": x, "nameGap": 26},
            "yAxis": {**axis, "name": y, "nameGap": 34, "inverse": True},
            "visualMap": {
                "right": 0,
                "top": "middle",
                "itemHeight": 150,
                "precision": 6,
                "inRange": {"color": ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"]},
            },
            "series": [{"type": "heatmap", "data": [], "progressive": 0}],
        }
        ui.label(title).classes("lab-title")
        self.chart = ui.echart(options).classes("lab-chart lab-map")
        self.chart.props(f'role=img aria-label="{title}"')

    def show(self, values: np.ndarray) -> None:
        """Draw a map, its first row at the top."""
        n, m = values.shape
        low, high = float(values.min()), float(values.max())
        options = self.chart.options
        options["xAxis"]["data"] = list(range(1, m + 1))
        options["yAxis"]["data"] = list(range(1, n + 1))
        options["visualMap"] |= {
            "min": low,
            "max": high if high > low else low + 1e-12,
            "text": [as_text(high, self._unit), as_text(low, self._unit)],
        }
        options["series"][0]["data"] = [
            [j, i, float(f"{values[i, j]:.5g}")] for i in range(n) for j in range(m)
        ]
        self.chart.update()
