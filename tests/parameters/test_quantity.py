from __future__ import annotations

import dataclasses

import pytest

from acanthite.errors import ParameterError
from acanthite.parameters import AG2S, ParameterSet, Quantity


def test_a_group_is_plain_floats_without_the_prefix():
    group = AG2S.group("spread")
    assert group["contact_radius"] == AG2S.value("spread.contact_radius")
    assert all(type(value) is float for value in group.values())
    assert len(group) == sum(key.startswith("spread.") for key in AG2S)


def test_a_group_is_not_the_beginning_of_a_word():
    one = Quantity(1.0, "1", "acanthite", "here", "assumed")
    assert list(ParameterSet("x", {"film.a": one, "filmy.b": one}).group("film")) == ["a"]


def test_a_wrong_key_or_group_answers_with_the_nearest():
    with pytest.raises(
        ParameterError, match=r"no parameter 'filament\.sites' in set 'Ag2S'; did you mean"
    ):
        AG2S["filament.sites"]
    with pytest.raises(
        ParameterError, match="no parameter group 'filamnt' in set 'Ag2S'; did you mean 'filament'"
    ):
        AG2S.group("filamnt")
    with pytest.raises(ParameterError, match=r"no parameter 'filament\.sites'"):
        AG2S.replace({"filament.sites": AG2S["filament.site_number"]})


def test_a_set_is_frozen_and_compares_by_content():
    changed = dataclasses.replace(AG2S["filament.site_number"], value=1.0)
    other = AG2S.replace({"filament.site_number": changed})
    assert other != AG2S
    assert AG2S.value("filament.site_number") != 1.0
    assert AG2S.replace({}) == AG2S
    assert hash(AG2S.replace({})) == hash(AG2S)
    with pytest.raises(TypeError):
        AG2S["filament.site_number"] = changed
    with pytest.raises(dataclasses.FrozenInstanceError):
        changed.value = 2.0
    assert dict(AG2S) != AG2S


def test_membership_asks_without_raising():
    assert "filament.site_number" in AG2S
    assert "filament.sites" not in AG2S


def test_a_set_goes_to_another_process():
    import pickle

    from acanthite.parameters import AG2S

    assert pickle.loads(pickle.dumps(AG2S)) == AG2S
