"""Validation of a release: shapes, checks, data issues and the link audit."""

from loader.validation.link_audit import audit_links
from loader.validation.links import (
    Claim,
    Verdict,
    list_mapping_claims,
    read_store_claims,
    read_withdrawn_records,
)

__all__ = [
    "Claim",
    "Verdict",
    "audit_links",
    "list_mapping_claims",
    "read_store_claims",
    "read_withdrawn_records",
]
