"""The command line on terminals, pipes and disks as they are: any encoding, a reader that leaves, a disk that is full."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PROGRAM = (sys.executable, "-m", "acanthite")
FULL = Path("/dev/full")
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def run(
    *arguments: str, stdout=subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    env = BUFFERED | environment
    return subprocess.run([*PROGRAM, *arguments], stdout=stdout, stderr=subprocess.PIPE, env=env)


@cache
def claims(encoding: str) -> str:
    """Return what the command prints of some claims where the terminal has an encoding."""
    done = run("claims", "fig2c", "fig2e", "fig3d", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "koi8-r", "utf-16"])
def test_any_encoding_will_do(encoding):
    text = claims(encoding)
    assert "?" not in text
    assert "uS" in text or "µS" in text


def test_units_survive_where_there_is_no_micro_sign():
    assert "500 uS to 5 mS" in claims("ascii")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_exponents_stay_exponents(encoding):
    assert "3.16 x 10^5 to 3.16 x 10^6" in claims(encoding)


@pytest.mark.parametrize(
    ("text", "encoding", "spelt"),
    [
        ("10¹⁴ Ω", "latin-1", b"10^14 Ohm"),
        ("10⁻⁷ m²", "ascii", b"10^-7 m^2"),
        ("Größe ± 3 µm", "latin-1", "Größe +- 3 um".encode("latin-1")),
        ("Größe", "ascii", b"Gro?e"),
        ("字 ≤ 5", "shift-jis", "字 <= 5".encode("shift-jis")),
        ("字", "latin-1", b"?"),
    ],
)
def test_signs_are_spelt_and_letters_kept(text, encoding, spelt):
    script = (
        f"from acanthite.commands.terminal import write_plainly; write_plainly(); print({text!a})"
    )
    env = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=env)
    assert (done.stdout.rstrip(), done.stderr) == (spelt, b"")


@pytest.mark.skipif(
    not FULL.exists(), reason="no /dev/full, a disk that is always full, on this system"
)
def test_what_is_left_when_something_fails_is_not_told_a_second_time():
    script = "import sys; print('left'); from acanthite.cli import main; sys.exit(main(['claims', 'fig99']))"
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", script],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=BUFFERED,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.long
@pytest.mark.skipif(
    not FULL.exists(), reason="no /dev/full, a disk that is always full, on this system"
)
@pytest.mark.parametrize("command", ["film", "claims", "parameters"])
def test_output_to_a_full_disk_ends_in_one_line(command):
    with FULL.open("wb") as full:
        done = run(command, stdout=full)
    assert done.returncode == 2
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(
        "error: the output cannot be written: No space left on device; check the space"
    )


def test_a_reader_that_leaves_is_no_error():
    with subprocess.Popen(
        [*PROGRAM, "parameters"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaints = process.stderr.read()
    assert (complaints, process.returncode) == (b"", 141)


@pytest.mark.skipif(sys.platform == "win32", reason="files cannot be limited in size there")
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["export", "--out", "device.sub"], "device.sub"),
        (["layout", "--array", "8x8", "--out", "masks"], "masks/"),
        (["reproduce", "--quick", "--only", "fig1b", "--out", "run"], "run/"),
    ],
)
def test_files_on_a_full_disk_end_in_one_line_that_names_the_file(tmp_path, arguments, named):
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); "
        "from acanthite.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"error: {named}")
    assert "File too large; check the space left" in last
    assert "Traceback" not in done.stderr


def test_a_cache_folder_that_cannot_be_made_costs_time_only(tmp_path):
    nowhere = "/proc/nowhere" if sys.platform == "linux" else str(tmp_path / "file" / "below")
    (tmp_path / "file").write_text("")
    out = str(tmp_path / "device.sub")
    folders = ("ACANTHITE_CACHE", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "HOME")
    done = run("export", "--out", out, **dict.fromkeys(folders, nowhere))
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_star_import_does_without_torch():
    script = "import sys; sys.modules['torch'] = None\nfrom acanthite import *\nprint(film.__name__, 'torch' in dir())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("acanthite.film False\n", "")
