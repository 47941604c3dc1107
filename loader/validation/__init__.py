"""Validation of a release: shapes, checks, data issues and the link audit."""

from loader.validation.link_audit import audit
from loader.validation.links import (
    Claim,
    Verdict,
    claims_of_set,
    claims_of_store,
    withdrawn_of_store,
)

__all__ = ["Claim", "Verdict", "audit", "claims_of_set", "claims_of_store", "withdrawn_of_store"]
