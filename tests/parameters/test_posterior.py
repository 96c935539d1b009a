from __future__ import annotations

import pytest

from acanthite.errors import ParameterError
from acanthite.parameters import AG2S
from acanthite.parameters.posterior import draws, load_posterior


def file(path, text):
    path.write_text(text)
    return load_posterior(path)


def test_the_posterior_is_that_of_the_set():
    posterior = load_posterior()
    posterior.check(AG2S)
    assumed = {key for key in posterior.keys if AG2S[key].how != "fitted"}
    assert assumed <= {"instrument.sweep_rate"}
    assert len(posterior.draws) >= 10
    for drawn in draws(AG2S, 3):
        changed = {key for key in AG2S if drawn.value(key) != AG2S.value(key)}
        assert changed <= set(posterior.keys)
        assert len(changed) > 10


def test_draws_are_put_over_the_set(tmp_path):
    value = AG2S.value("filament.site_number")
    posterior = file(
        tmp_path / "p.csv", f"# why\ndraw,filament.site_number\nfitted,{value!r}\n1,3\n"
    )
    (drawn,) = draws(AG2S, 1, posterior)
    assert drawn.value("filament.site_number") == 3.0
    assert drawn["filament.site_number"].unit == AG2S["filament.site_number"].unit
    assert draws(AG2S, 0) == ()


def test_a_posterior_of_another_set_is_refused(tmp_path):
    other = file(tmp_path / "p.csv", "draw,filament.site_number\nfitted,1.0\n1,3\n")
    mine = f"filament.site_number = {AG2S.value('filament.site_number'):g} "
    with pytest.raises(ParameterError, match=rf"{mine}.* made at 1: leave it"):
        draws(AG2S, 1, other)
    unknown = file(tmp_path / "q.csv", "draw,filament.site_numbr\nfitted,1.0\n1,3\n")
    with pytest.raises(ParameterError, match=r"no parameter 'filament\.site_numbr'; did you mean"):
        draws(AG2S, 1, unknown)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "posterior"),
        ("draw,a.b\n1,2\n", "the first row is '1', not 'fitted'"),
        ("draw,a.b\nfitted,2\n1,2,3\n", "rows of different lengths"),
        ("draw,a.b\nfitted,x\n", "could not convert"),
    ],
)
def test_a_file_that_is_no_posterior_says_so(tmp_path, text, reason):
    with pytest.raises(ParameterError, match=reason):
        file(tmp_path / "p.csv", text)


def test_a_number_of_draws_that_is_not_there_is_refused():
    with pytest.raises(ParameterError, match="posterior draws = -1; expected 0 to"):
        draws(AG2S, -1)
