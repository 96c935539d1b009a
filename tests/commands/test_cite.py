"""``acanthite cite`` names what a run rests on."""

from __future__ import annotations

import json

from pybtex.database import parse_string

from acanthite.cli import main
from acanthite.estimate import Estimate
from acanthite.figures import Settings
from acanthite.parameters import AG2S
from acanthite.report import Part, RunFolder


def test_without_a_run_it_names_the_sources_of_every_parameter(capsys):
    assert main(["cite"]) == 0
    text = capsys.readouterr().out
    assert "10.1007/s40820-024-01559-2" in text.splitlines()[1]
    assert len(text.splitlines()) > 8


def test_of_a_run_it_names_what_its_figures_used(tmp_path, capsys):
    folder = RunFolder.open(tmp_path / "run", Settings())
    key = next(k for k, q in AG2S.items() if q.source not in ("Zhu2025", "acanthite", "assumed"))
    part = Part("fig2c", "done", estimates={"fig2c.range": Estimate(1.0)}, parameters=(key,))
    folder.write_part(part)
    assert main(["cite", str(tmp_path / "run"), "--bibtex"]) == 0
    entries = parse_string(capsys.readouterr().out, "bibtex").entries
    assert set(entries) == {"acanthite", "Zhu2025", AG2S[key].source} & {*entries}
    assert {"acanthite", "Zhu2025"} <= set(entries)


def test_another_folder_is_refused(tmp_path, capsys):
    (tmp_path / "other.json").write_text(json.dumps({}))
    assert main(["cite", str(tmp_path)]) == 2
    assert "no run.json" in capsys.readouterr().err
