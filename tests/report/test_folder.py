from __future__ import annotations

import dataclasses
import json
import re

import pytest

from acanthite.errors import ImageError, RunFolderError
from acanthite.figures import Settings
from acanthite.parameters import AG2S
from acanthite.report.folder import RunFolder, identity
from acanthite.report.part import Part


def test_a_new_folder_is_made_and_known_by_its_run_json(tmp_path):
    folder = RunFolder.open(tmp_path / "a" / "b", Settings(seed=7))
    run = json.loads((folder.path / "run.json").read_text())
    assert run["settings"]["seed"] == 7
    assert run["acanthite"] == run["versions"]["acanthite"]
    RunFolder.open(tmp_path / "a" / "b", Settings(seed=7))


def test_an_empty_folder_will_do(tmp_path):
    RunFolder.open(tmp_path, Settings())
    assert (tmp_path / "run.json").is_file()


def test_a_file_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "thesis.txt"
    path.write_text("dear")
    with pytest.raises(
        RunFolderError, match=r"thesis\.txt is a file; give another folder with --out"
    ):
        RunFolder.open(path, Settings())
    assert path.read_text() == "dear"
    with pytest.raises(RunFolderError, match="Not a directory"):
        RunFolder.open(path / "run", Settings())


@pytest.mark.parametrize("run", [None, "", "[]", "{}", '{"settings": 3, "acanthite": "1"}'])
def test_a_folder_that_no_run_made_is_refused_and_left_alone(tmp_path, run):
    (tmp_path / "thesis.txt").write_text("dear")
    if run is not None:
        (tmp_path / "run.json").write_text(run)
    before = sorted(file.name for file in tmp_path.iterdir())
    with pytest.raises(RunFolderError, match="not empty and not a run folder"):
        RunFolder.open(tmp_path, Settings())
    assert sorted(file.name for file in tmp_path.iterdir()) == before


def _warmer():
    changed = dataclasses.replace(AG2S["filament.temperature"], value=310.0)
    return AG2S.replace({"filament.temperature": changed}, "warm")


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (Settings(seed=2), "seed 1 there, 2 here"),
        (Settings(quick=True), "quick off there, on here"),
        (
            Settings(parameters=_warmer()),
            "parameters 'Ag2S' (" + identity(Settings())["parameters"]["sha256"][:8],
        ),
    ],
)
def test_a_run_with_other_settings_is_refused(tmp_path, other, says):
    RunFolder.open(tmp_path, Settings())
    before = (tmp_path / "run.json").read_bytes()
    with pytest.raises(RunFolderError, match=re.escape(says)) as error:
        RunFolder.open(tmp_path, other)
    assert "\n" not in str(error.value)
    assert (tmp_path / "run.json").read_bytes() == before


def test_a_run_of_another_version_is_refused(tmp_path, monkeypatch):
    RunFolder.open(tmp_path, Settings())
    monkeypatch.setattr("acanthite.report.folder.__version__", "99")
    with pytest.raises(RunFolderError, match=r"acanthite \S+ there, 99 here"):
        RunFolder.open(tmp_path, Settings())


def test_where_the_data_lie_and_what_a_set_is_called_make_no_other_run(tmp_path):
    renamed = AG2S.replace({}, "the same under another name")
    RunFolder.open(tmp_path, Settings())
    RunFolder.open(tmp_path, Settings(data=tmp_path, parameters=renamed))


def test_the_image_is_known_by_its_content(tmp_path):
    one, two = tmp_path / "one.png", tmp_path / "two.png"
    one.write_bytes(b"1")
    two.write_bytes(b"1")
    assert identity(Settings(image=one)) == identity(Settings(image=two)) != identity(Settings())
    with pytest.raises(ImageError, match=r"three\.png: No such file"):
        identity(Settings(image=tmp_path / "three.png"))


def test_a_part_is_trusted_only_with_its_files(tmp_path):
    folder = RunFolder.open(tmp_path, Settings())
    folder.write_part(Part("fig2c", "done", recordings=("fig2c_a.nc",)))
    assert not folder.finished("fig2c")
    files = [
        folder.recording("fig2c_a.nc"),
        folder.picture("fig2c", "svg"),
        folder.picture("fig2c", "png"),
    ]
    for file in files:
        assert not folder.finished("fig2c")
        file.parent.mkdir(exist_ok=True)
        file.touch()
    assert folder.finished("fig2c")
    assert list(folder.parts()) == ["fig2c"]


@pytest.mark.parametrize("state", ["not run", "failed"])
def test_what_did_not_come_out_is_tried_again(tmp_path, state):
    folder = RunFolder.open(tmp_path, Settings())
    folder.write_part(Part("fig4i", state, reason="no MNIST"))
    assert not folder.finished("fig4i")
    assert folder.parts()["fig4i"].reason == "no MNIST"


def test_what_a_killed_run_left_half_written_is_swept_away(tmp_path):
    folder = RunFolder.open(tmp_path, Settings())
    folder.write_part(Part("fig4i", "failed"))
    debris = tmp_path / "parts" / ".fig2c-x8_1.json"
    debris.write_text("{")
    RunFolder.open(tmp_path, Settings())
    assert not debris.exists()
    assert (tmp_path / "parts" / "fig4i.json").exists()
