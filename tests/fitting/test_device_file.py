"""Device files say what was fitted, and give it back."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite import fitting
from acanthite.device import MODELS
from acanthite.errors import FitError
from acanthite.measurement import save_recording
from acanthite.parameters.toml import document_text, table_text
from tests.fitting.conftest import TRUTH


@pytest.fixture(scope="module")
def fitted(loops):
    held = {k: v for k, v in TRUTH.items() if k not in ("r_on", "v_off")}
    return fitting.fit(
        loops.isel(cycle=slice(1)), MODELS["vteam"], free=["r_on", "v_off"], fixed=held, points=64
    )


def test_what_is_written_is_read(fitted, loops, tmp_path):
    save_recording(loops, tmp_path / "loops.nc")
    fitting.save(
        fitted,
        tmp_path / "my.toml",
        [fitting.data_file(tmp_path / "loops.nc", "2025-01-31")],
        note="wafer 7",
    )
    device = fitting.load_device(tmp_path / "my.toml")
    assert device.law.parameters == fitted.law.parameters
    assert device.spread == fitted.spread
    assert device.law.sources["r_on"].std == fitted.parameters["r_on"].error
    assert device.law.sources["r_on"].how == "fitted"
    np.testing.assert_array_equal(device.sample(3, seed=2).values, fitted.sample(3, seed=2).values)
    text = tomllib.loads((tmp_path / "my.toml").read_text())
    assert text["data"] == [
        {
            "file": "loops.nc",
            "sha256": fitting.data_file(tmp_path / "loops.nc").sha256,
            "date": "2025-01-31",
        }
    ]
    assert text["correlation"]["order"] == ["r_on", "v_off"]
    assert text["fit"]["rms"] == fitted.rms


MAGNITUDES = st.floats(min_value=0.0, allow_infinity=False)


@given(
    st.text(),
    st.text(),
    st.sampled_from(["measured", "fitted", "digitised", "predicted", "assumed"]),
    st.none() | MAGNITUDES,
)
def test_sources_and_provenance_survive(tmp_path_factory, source, where, how, std):
    law = MODELS["vteam"]
    quantity = replace(law.sources["r_on"], source=source, where=where, how=how, std=std)
    quantities = {**law.sources, "r_on": quantity}
    tables = [table_text("device", {"law": "vteam"})]
    for name, value in law.parameters.items():
        entries = {**asdict(quantities[name]), "value": value}
        known = {key: entry for key, entry in entries.items() if entry is not None}
        tables.append(table_text(f"parameters.{name}", known))
    path = tmp_path_factory.mktemp("device") / "d.toml"
    path.write_text(document_text("A device.", tables), encoding="utf-8")
    sources = fitting.load_device(path).law.sources
    assert sources["r_on"] == replace(quantity, value=law.parameters["r_on"])


def test_a_pulse_law_comes_from_the_same_loader(tmp_path):
    pytest.importorskip("acanthite.synapse.device_file")
    path = tmp_path / "s.toml"
    path.write_text(
        '[synapse]\nlaw = "soft-bounds"\nconductance_min = 1e-6\nconductance_max = 2e-6\nup = 0.1\ndown = 0.1\n'
    )
    assert fitting.load_device(path).up == 0.1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('law = "vteam"', 'law = "vtem"', "did you mean 'vteam'"),
        ("[parameters.r_on]", "[parameters.r_onn]", "no parameter 'r_onn'; did you mean 'r_on'"),
        (
            "[parameters.r_on]\nvalue",
            "[parameters.r_on]\nvalu",
            "unknown field 'valu'; did you mean 'value'",
        ),
        (
            'unit = "V"',
            'unit = "A"',
            "line .*: .parameters. v_off: unit 'A' given, a unit convertible to 'V' expected",
        ),
        ("[fit]", "[fitt]", "unknown table .fitt.; did you mean 'fit'"),
        ("[device]", "[devices]", r"expected \[device\] with law"),
        ("value = ", "value == ", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_told(fitted, tmp_path, old, new, message):
    path = tmp_path / "my.toml"
    fitting.save(fitted, path)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(FitError, match=message) as caught:
        fitting.load_device(path)
    assert "my.toml" in str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(FitError, match="No such file"):
        fitting.load_device(tmp_path / "none.toml")
