"""``acanthite lab``: what it refuses before it serves anything."""

import importlib.util
import socket

import pytest

from acanthite.cli import main


def test_without_the_extra_it_says_what_to_install(monkeypatch, capsys):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "nicegui" else found(name)
    )
    assert main(["lab", "--no-browser"]) == 2
    error = capsys.readouterr().err
    assert "acanthite lab needs the package nicegui" in error
    assert "pip install 'acanthite[lab]'" in error


@pytest.mark.skipif(importlib.util.find_spec("nicegui") is None, reason="nicegui is not installed")
def test_a_port_that_is_taken_is_named(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["lab", "--no-browser", "--port", port]) == 2
    assert f"cannot listen at 127.0.0.1:{port}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "0"], "give a whole number from 1 to 65535"),
        (["--host", "0.0.0.0"], "means every address of this machine"),
    ],
)
def test_addresses_that_make_no_sense_are_refused(options, said, capsys):
    assert main(["lab", "--no-browser", *options]) == 2
    assert said in capsys.readouterr().err
