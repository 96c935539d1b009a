"""The blocks of docs/howto/own_pattern.md run, one after the other."""

import re
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "howto" / "own_pattern.md"


def test_the_tutorial_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(
        r"^```python\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert len(blocks) >= 8
    names: dict[str, object] = {}
    for number, block in enumerate(blocks):
        exec(compile(block, f"own_pattern.md, block {number + 1}", "exec"), names)
    out = capsys.readouterr().out
    assert "(-1 1 2) at 31.5" in out
    assert "[1 1 1] 28.44 degrees, 100%" in out
