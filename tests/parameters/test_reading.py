from __future__ import annotations

from contextvars import copy_context
from threading import Thread

import pytest

from acanthite.errors import ParameterError
from acanthite.parameters import AG2S, Quantity
from acanthite.parameters.reading import cached, reading


def test_what_is_read_is_noted_value_by_value():
    with reading() as keys:
        AG2S.value("stack.island_side")
        group = AG2S.group("pulse")
        assert keys == {"stack.island_side"}
        assert group["read_voltage"] == AG2S.value("pulse.read_voltage")
    assert keys == {"stack.island_side", "pulse.read_voltage"}


@pytest.mark.parametrize(
    "unwrap",
    [
        lambda group: dict(**group),
        dict,
        lambda group: dict(group.items()),
        lambda group: list(group.values()),
        lambda group: [group.get(name) for name in group],
        lambda group: group | {"more": 1.0},
        lambda group: {**group},
    ],
)
def test_a_group_unwrapped_whole_is_read_whole(unwrap):
    with reading() as keys:
        unwrap(AG2S.group("pulse"))
    assert keys == {key for key in AG2S if key.startswith("pulse.")}


def test_looking_is_not_reading():
    other = AG2S.replace({})
    with reading() as keys:
        assert other == AG2S
        assert hash(other) == hash(AG2S)
        assert "pulse.read_voltage" in AG2S
        assert len(AG2S.group("pulse")) == 4
        AG2S.replace({"pulse.read_voltage": Quantity(1.0, "V", "test", "", "assumed")})
        assert AG2S.group("pulse").get("nothing") is None
        with pytest.raises(ParameterError):
            AG2S.group("nothing")
    assert keys == set()


def test_a_reading_inside_another_counts_for_both():
    with reading() as outer:
        AG2S.value("stack.island_side")
        with reading() as inner:
            AG2S.value("pulse.read_voltage")
    assert inner == {"pulse.read_voltage"}
    assert outer == {"pulse.read_voltage", "stack.island_side"}


def test_nobody_listens_outside():
    with reading() as keys:
        pass
    AG2S.value("stack.island_side")
    assert keys == set()
    assert type(AG2S.group("stack")) is dict


def test_a_result_from_the_cache_was_made_from_the_same_parameters():
    calls = []

    @cached(4)
    def side(factor: float) -> float:
        calls.append(factor)
        return factor * AG2S.value("stack.island_side")

    side(2.0)
    with reading() as keys:
        assert side(2.0) == 2.0 * AG2S.value("stack.island_side")
    assert calls == [2.0]
    assert keys == {"stack.island_side"}
    assert side.__name__ == "side"


def test_a_thread_with_the_context_is_heard():
    with reading() as keys:
        thread = Thread(target=copy_context().run, args=(AG2S.value, "stack.island_side"))
        thread.start()
        thread.join()
    assert keys == {"stack.island_side"}
