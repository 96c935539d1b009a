from __future__ import annotations

import importlib
import pkgutil

import pytest

import acanthite
from acanthite import deprecation


@pytest.fixture
def sputter(monkeypatch):
    monkeypatch.setattr(deprecation, "DEPRECATIONS", [])

    @deprecation.deprecated(since="0.2", gone_in="0.4", use="acanthite.film.grow(recipe)")
    def sputter(recipe):
        """Grow a film."""
        return recipe + 1

    return sputter


def test_a_call_warns_once_where_it_is_made_and_goes_through(sputter):
    with pytest.warns(
        FutureWarning,
        match=r"sputter is deprecated since 0\.2 and gone in 0\.4; use acanthite\.film",
    ) as seen:
        assert sputter(1) == 2
    assert [warning.filename for warning in seen] == [__file__]
    assert sputter.__doc__ == "Grow a film."


@pytest.mark.parametrize(
    ("version", "expired"),
    [
        ("0.3.9", False),
        ("0.4.0.dev1", True),
        ("0.4", True),
        ("0.4.0rc1", True),
        ("0.10", True),
        ("1.0.0+local", True),
    ],
)
def test_it_expires_with_the_version_that_should_be_without_it(sputter, version, expired):
    assert deprecation.DEPRECATIONS[0].expired(version) is expired


def test_nothing_outstays_its_last_version():
    """Fails when a release is due whose deprecated names are still there: delete them."""
    for module in pkgutil.walk_packages(acanthite.__path__, "acanthite."):
        if module.name != "acanthite.__main__":
            importlib.import_module(module.name)
    late = [
        entry.name for entry in deprecation.DEPRECATIONS if entry.expired(acanthite.__version__)
    ]
    assert late == []
