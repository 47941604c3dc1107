"""The schemas and examples of the Reconciliation Service API 0.2."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

Check = Any


@pytest.fixture(scope="session")
def folder(shared: Path) -> Path:
    """The schemas and examples of the specification."""
    return shared / "conformance" / "reconciliation-0.2"


@pytest.fixture(scope="session")
def validators(folder: Path) -> dict[str, Check]:
    """A validator for each schema; the part about authentication, which is elsewhere, is a stub."""
    schemas = {p.stem: json.loads(p.read_text("utf-8")) for p in (folder / "schemas").iterdir()}
    known = Registry().with_resources(
        (s["$id"], Resource.from_contents(s, default_specification=DRAFT7))
        for s in schemas.values()
    )
    stub = {"definitions": {"securityDefinitions": {"additionalProperties": {"type": "object"}}}}
    known = known.with_resource(
        "http://swagger.io/v2/schema.json",
        Resource.from_contents(stub, default_specification=DRAFT7),
    )
    return {
        name: jsonschema.Draft7Validator(schema, registry=known) for name, schema in schemas.items()
    }
