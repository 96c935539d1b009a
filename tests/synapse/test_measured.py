"""The Ag2S synapse: measured once, cached, and measured again where the cache cannot be trusted."""

from __future__ import annotations

from acanthite.synapse import SoftBounds, measured

DEVICE = SoftBounds(up=0.13, down=0.14, pulse_noise=0.15, conductance_min=0.0, conductance_max=2e-6)


def test_the_device_is_measured_once_and_again_if_the_cached_file_is_damaged(
    tmp_path, monkeypatch
) -> None:
    calls = []
    monkeypatch.setattr(measured, "measure", lambda: calls.append(1) or DEVICE)
    monkeypatch.setattr(measured, "folder", lambda: tmp_path)
    assert measured.ag2s() == measured.ag2s() == DEVICE
    assert len(calls) == 1
    (file,) = tmp_path.iterdir()
    for damaged in (
        file.read_text().replace("0.13", "0.93"),
        file.read_text()[:100],
        "",
    ):
        file.write_text(damaged)
        assert measured.ag2s() == DEVICE
        assert measured.ag2s() == DEVICE
    assert len(calls) == 4
    monkeypatch.setattr(measured, "_fingerprint", lambda: "another package")
    assert measured.ag2s() == DEVICE
    assert len(calls) == 5


def test_a_folder_that_cannot_be_written_to_does_not_matter(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(measured, "measure", lambda: DEVICE)
    (tmp_path / "taken").write_text("")
    monkeypatch.setattr(measured, "folder", lambda: tmp_path / "taken")
    assert measured.ag2s() == DEVICE
