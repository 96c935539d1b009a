"""Decay, diffusion and reset against aihwkit over a million cells, and closed forms."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acanthite.errors import ParameterError
from acanthite.synapse import ConstantStep, Rest, load, save

REFERENCE = Path(__file__).parents[1] / "references" / "literature_devices_aihwkit.toml"
CASES: list[dict[str, Any]] = tomllib.loads(REFERENCE.read_text(encoding="utf-8"))["rest"]
N = 1_000_000
WINDOW: dict[str, Any] = {"conductance_min": 1e-7, "conductance_max": 1e-6}


def changed(case: dict[str, Any]) -> np.ndarray:
    """Return what a rest of one mini-batch, here a second, or a reset changes a million cells by."""
    draw = np.random.default_rng(3)
    start = np.full(N, case["weight"])
    if case["act"] == "decay":
        # a share 1 / lifetime is lost a batch, of a lifetime of ten batches
        lifetimes = 10.0 * (1.0 + 0.05 * draw.standard_normal(N))
        cells = Rest(target=0.1, target_spread=0.03).cells(N, draw)
        cells = replace(cells, rates=-np.log1p(-1.0 / lifetimes))
        return cells.after(start, 1.0, draw) - start
    if case["act"] == "diffusion":
        cells = Rest(diffusion=0.02, diffusion_spread=0.1).cells(N, draw)
        return cells.after(start, 1.0, draw) - start
    cells = Rest(target=0.1, target_spread=0.03, reset_noise=0.05).cells(N, draw)
    return cells.reset(start, draw) - start


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['act']}-{c['weight']}")
def test_mean_and_variance_are_those_of_aihwkit(case: dict[str, Any]) -> None:
    values = changed(case)
    mean, variance = values.mean(), values.var()
    fourth = ((values - mean) ** 4).mean()
    errors = np.sqrt(variance / N), np.sqrt((fourth - variance**2) / N)
    expected = case["step"]
    assert abs(mean - expected[0]) <= 4 * np.hypot(errors[0], expected[2]) + 1e-7
    assert abs(variance - expected[1]) <= 4 * np.hypot(errors[1], expected[3]) + 1e-12


def test_a_lifetime_is_where_one_over_e_is_left_however_the_time_is_cut() -> None:
    cells = Rest(decay_rate=4.0, target=0.2).cells(1, np.random.default_rng(1))
    draw = np.random.default_rng(2)
    w = np.array([1.0])
    for _ in range(10):
        w = cells.after(w, 0.025, draw)
    assert w == pytest.approx(0.2 + 0.8 / np.e)


def test_diffusion_grows_with_the_root_of_time() -> None:
    cells = Rest(diffusion=0.01).cells(1, np.random.default_rng(1))
    after = cells.after(np.zeros(100_000), 9.0, np.random.default_rng(2))
    assert after.std() == pytest.approx(0.03, rel=0.01)


def test_a_device_file_keeps_it(tmp_path: Path) -> None:
    device = ConstantStep(size=0.1, rest=Rest(decay_rate=3.0, diffusion=0.1), **WINDOW)
    save(device, tmp_path / "device.toml")
    assert load(tmp_path / "device.toml") == device


def test_a_negative_rate_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"rest: decay_rate = -1.*expected"):
        Rest(decay_rate=-1.0)
