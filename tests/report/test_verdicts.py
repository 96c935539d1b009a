from __future__ import annotations

import csv

import fakes
import pytest

from acanthite.claims import CLAIMS
from acanthite.errors import FigureError
from acanthite.estimate import Estimate
from acanthite.report.verdicts import COLUMNS, counts, judge, validate, write_csv


def test_a_row_for_every_claim_in_the_order_of_the_ledger():
    rows = judge(fakes.estimates("fig2c"))
    assert [row.claim for row in rows] == list(CLAIMS)
    assert {row.claim.figure for row in rows if row.verdict != "not run"} == {"fig2c"}


def test_the_claims_own_rule_gives_the_verdict():
    def verdict(value):
        rows = judge({"fig2d.set-mean": Estimate(value, "V")})
        return next(row.verdict for row in rows if row.claim.id == "fig2d.set-mean")

    assert [verdict(v) for v in (0.22, 0.2300001, 0.25, float("nan"))] == [
        "match",
        "near",
        "miss",
        "miss",
    ]


def test_counts_add_up():
    found = counts(judge(fakes.estimates("figS7", 1.6)))
    assert sum(sum(row.values()) for row in found.values()) == len(CLAIMS)
    assert found["fitted"]["miss"] == 2


def test_csv_has_the_columns_and_plain_numbers(tmp_path):
    path = tmp_path / "claims.csv"
    write_csv(path, judge({"fig2d.set-mean": Estimate(0.1 + 0.2, "V", 1 / 3, 30)}))
    text = path.read_bytes().decode()
    assert (
        text.splitlines()[0] == "id,figure,quantity,unit,published,simulated,spread,n,how,verdict"
    )
    assert "\r" not in text
    with path.open(newline="") as file:
        table = list(csv.DictReader(file))
    assert tuple(table[0]) == COLUMNS
    assert [entry["id"] for entry in table] == [claim.id for claim in CLAIMS]
    row = next(entry for entry in table if entry["id"] == "fig2d.set-mean")
    assert (row["simulated"], row["spread"], row["n"]) == ("0.3", "0.333333333", "30")
    other = next(entry for entry in table if entry["id"] == "figS7.set-cv")
    assert (other["simulated"], other["spread"], other["n"], other["verdict"]) == (
        "",
        "",
        "",
        "not run",
    )


def test_a_figure_owes_its_claims_in_their_units():
    validate("fig2c", fakes.estimates("fig2c"))
    with pytest.raises(FigureError, match=r"no estimate for fig2c\.set-max, fig2c\.range"):
        validate("fig2c", {})
    with pytest.raises(
        FigureError, match=r"'fig2c.rnge', no claim of its own; did you mean 'fig2c.range'"
    ):
        validate("fig2c", {**fakes.estimates("fig2c"), "fig2c.rnge": Estimate(1.0)})
    with pytest.raises(FigureError, match=r"fig2c\.range is estimated in 'V'; the ledger has '1'"):
        validate("fig2c", {**fakes.estimates("fig2c"), "fig2c.range": Estimate(1.0, "V")})


def test_an_estimate_in_another_unit_or_for_no_claim_is_refused():
    with pytest.raises(
        FigureError, match=r"figS1.rf-power is estimated in 'V'; the ledger has 'W'"
    ):
        judge({"figS1.rf-power": Estimate(150.0, "V")})
    with pytest.raises(
        FigureError, match=r"no claim 'figS1.rf-powr' in the ledger; did you mean 'figS1.rf-power'"
    ):
        judge({"figS1.rf-powr": Estimate(150.0, "W")})
    rf_power = next(claim for claim in CLAIMS if claim.id == "figS1.rf-power")
    with pytest.raises(FigureError, match="estimated in 'mW'"):
        rf_power.verdict(Estimate(150.0, "mW"))
