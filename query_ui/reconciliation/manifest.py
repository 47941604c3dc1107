"""Service manifest of the Reconciliation API: its features and their addresses.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/#service-manifest
"""

from typing import Any

from loader.settings import BASE
from query_ui.reconciliation.reconciliation_service import ReconciliationService

PROPERTY_SETTINGS = [
    {
        "name": "limit",
        "label": "Limit",
        "type": "number",
        "default": 0,
        "help_text": "How many values a row gets at most; 0 for all",
    },
    {
        "name": "content",
        "label": "Content",
        "type": "select",
        "default": "name",
        "help_text": "What a value that is a thing is shown as",
        "choices": [
            {"value": "name", "name": "Its name, linked"},
            {"value": "iri", "name": "Its IRI as text"},
        ],
    },
]
"""Settings of a property in a data extension, in the form of the specification."""


def build_manifest(
    service: ReconciliationService, root_url: str, batch_size: int
) -> dict[str, Any]:
    """Build the manifest of a service.

    ``root_url`` has no trailing slash; ``batch_size`` is the largest number of queries in a batch.
    The draft of 1.0 is not among the versions: its manifest has booleans where 0.2 has objects
    (``suggest``, ``propose_properties``), so that one manifest cannot be valid under both.
    """
    address = f"{root_url}{service.path}"
    suggest = {
        kind: {
            "service_url": address,
            "service_path": f"/suggest/{kind}",
            "flyout_service_url": address,
            "flyout_service_path": f"/flyout/{kind}?id=${{id}}",
        }
        for kind in ("entity", "property", "type")
    }
    return {
        "versions": ["0.1", "0.2"],
        "name": service.title,
        "identifierSpace": service.identifier_space,
        "schemaSpace": f"{BASE}ontology#",
        "documentation": f"{root_url}/about/linking",
        "defaultTypes": service.format_types(service.types),
        "view": {"url": service.build_view_url(root_url)},
        "feature_view": {"url": f"{root_url}/about/linking#{{{{id}}}}"},
        "preview": {"url": f"{address}/preview?id={{{{id}}}}", "width": 420, "height": 220},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": address, "service_path": "/properties"},
            "property_settings": PROPERTY_SETTINGS,
        },
        "batchSize": batch_size,
    }
