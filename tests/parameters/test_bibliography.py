from __future__ import annotations

import re

import pytest

from acanthite.errors import ParameterError
from acanthite.parameters.bibliography import _plain, doi, format_entry, references


@pytest.mark.parametrize("key", list(references()))
def test_every_reference_reads_as_plain_text(key):
    text = format_entry(key)
    assert not re.search(r"[{}\\]|--|\bothers\b|\.\.", text.partition(" doi:")[0])
    assert re.search(r"\b(19|20)\d\d\b", text)
    assert text.endswith(doi(key) if doi(key) else ".")


@pytest.mark.parametrize("key", list(references()))
def test_every_reference_can_be_found(key):
    if int(references()[key].fields["year"]) > 1950 and key != "acanthite":
        printed = (
            references()[key].type == "inproceedings" and "publisher" in references()[key].fields
        )
        found = re.fullmatch(r"10\.\d{4,}/\S+", doi(key)) or "arXiv:" in format_entry(key)
        listed = {"isbn", "url"} & {name.lower() for name in references()[key].fields}
        assert found or printed or listed


def test_braces_accents_dashes_and_many_authors():
    assert format_entry("Frueh1958") == (
        "A. J. Frueh. The crystal structure of acanthite, Ag2S. Zeitschrift für Kristallographie 110, 136–144. 1958. "
        "doi:10.1524/zkri.1958.110.1-6.136"
    )
    assert "Chien et al. Wafer-scale 2D hafnium diselenide" in format_entry("Li2022")
    assert "Proc. SC11. 2011" in format_entry("Salmon2011")


def test_simple_mathematics_is_read_out():
    assert _plain(r"K$\alpha_{1,2}$ and K$\beta$ lines of {Cu}") == "Kα1,2 and Kβ lines of Cu"


def test_an_unknown_key_answers_with_the_nearest():
    with pytest.raises(
        ParameterError,
        match=r"no reference 'Frueh1985' in references\.bib; did you mean 'Frueh1958'",
    ):
        format_entry("Frueh1985")
