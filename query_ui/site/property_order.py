"""The order in which the page about an entity shows its properties."""

from functools import lru_cache

PROPERTY_ORDER = (
    *("#prefLabel", "/title", "#notation", "#type", "#restatement", "#standing", "#evidence"),
    *("/abstract", "/description", "#definition", "#scopeNote", "#altLabel", "#about"),
    *("#practiceKind", "#trust", "#status", "#statusDate", "/startDate", "/endDate"),
    *("#organisation", "#organisationAsPrinted", "#describes", "/isPartOf", "#broader"),
    *("#inRegister", "#eventKind", "#step", "/terms/date", "#moneyOrScale", "/funding"),
    *("#evaluation", "#evidenceLevel", "#finding", "#method", "#frameworkElement"),
    *("#principle", "#obligation", "#beneficiary", "#stakeholder", "/subject", "#mentions"),
)


@lru_cache(maxsize=1024)
def get_property_rank(property_iri: str) -> int:
    """Return the rank of a property in ``PROPERTY_ORDER``, from 0; its length for all others."""
    return next(
        (n for n, end in enumerate(PROPERTY_ORDER) if property_iri.endswith(end)),
        len(PROPERTY_ORDER),
    )
