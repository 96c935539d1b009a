"""Generated modules: what they are made of, and those in the user's cache folder that go."""

from __future__ import annotations

import os
import sys
import time

import pytest

from acanthite.device.compiler import generate
from acanthite.errors import LawError
from acanthite.jit import GENERATED

YEAR = 365 * 86400.0


def _put(folder, name, age):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("", encoding="utf-8")
    os.utime(path, (time.time() - age,) * 2)
    return path


def test_a_new_module_clears_away_what_was_not_used_for_a_season(tmp_path, monkeypatch):
    monkeypatch.setattr(generate, "_folder", lambda: tmp_path)
    old = _put(tmp_path, f"{GENERATED}old.py", YEAR)
    machine_code = _put(tmp_path, f"__pycache__/{GENERATED}old.record-1-ab.py311.nbi", YEAR)
    recent = _put(tmp_path, f"{GENERATED}recent.py", 86400.0)
    recent_code = _put(tmp_path, f"__pycache__/{GENERATED}recent.record-1-ab.py311.nbi", YEAR)
    not_ours = _put(tmp_path, "notes.py", YEAR)
    generate.load_module("ANSWER = 1  # of a new module")
    assert not old.exists()
    assert not machine_code.exists()
    assert recent.exists()
    assert recent_code.exists()
    assert not_ours.exists()


def test_a_module_that_is_loaded_again_is_in_use(tmp_path, monkeypatch):
    monkeypatch.setattr(generate, "_folder", lambda: tmp_path)
    text = "ANSWER = 2  # of a module loaded by another process"
    name = generate.load_module(text).__name__
    path = tmp_path / f"{name}.py"
    os.utime(path, (time.time() - YEAR,) * 2)
    monkeypatch.setattr(generate, "_loaded", {})  # as in a process of its own
    assert generate.load_module(text).ANSWER == 2
    assert time.time() - path.stat().st_mtime < 86400.0


SCALE = 2.0


def scaled(x):
    """Return so many times as much."""
    return SCALE * x


def doubled(x):
    return scaled(x)


def test_what_a_function_takes_from_outside_is_looked_up_each_time(monkeypatch):
    def texts():
        emitted = generate.Emitted()
        return generate.emit(doubled, emitted), dict(emitted)

    name, before = texts()
    assert name == "user_doubled"
    assert any("= 2.0" in text for text in before.values())
    assert texts() == (name, before)
    monkeypatch.setattr(sys.modules[__name__], "SCALE", 3.0)
    assert any("= 3.0" in text for text in texts()[1].values())
    monkeypatch.setattr(sys.modules[__name__], "scaled", lambda x: x)
    with pytest.raises(LawError, match="not a plain 'def'"):
        texts()
