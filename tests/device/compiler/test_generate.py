"""Generated modules in the user's cache folder: those in use stay, the others go."""

from __future__ import annotations

import os
import time

from acanthite.device.compiler import generate
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
