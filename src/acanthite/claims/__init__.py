"""The claims ledger: what the paper states, what acanthite gets, and how that was obtained."""

from acanthite.claims.claim import Claim, Rule, between, within
from acanthite.claims.ledger import CLAIMS, claim, published

__all__ = ["CLAIMS", "Claim", "Rule", "between", "claim", "published", "within"]
