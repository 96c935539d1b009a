"""The claims ledger: what the paper states, what acanthite gets, and how that was obtained."""

from acanthite.claims.claim import Claim, Falsifier, Rule, between, within
from acanthite.claims.judging import SHARE, judging_seeds, verdict_of
from acanthite.claims.ledger import CLAIMS, claim, published
from acanthite.claims.rule_log import RULE_LOG, RuleChange

__all__ = [
    "CLAIMS",
    "RULE_LOG",
    "SHARE",
    "Claim",
    "Falsifier",
    "Rule",
    "RuleChange",
    "between",
    "claim",
    "judging_seeds",
    "published",
    "verdict_of",
    "within",
]
