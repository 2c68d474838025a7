"""The five documents give the five declarations that are shipped, but for what no document states.

Compared are the resolved models: every resource with its request, pages, retries, parent and key.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analytics_ingest.cli import main
from analytics_ingest.declaration.folder import read_folder
from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest_tests.convert.writing import DEFS
from analytics_ingest_tests.declaration.documents import FOLDER
from analytics_ingest_tests.support.projects import APIS, shipped

NAMES = {"commerce": "transactions", "content_library": "items"}
"""The names that were chosen for what two documents call `resource_name`."""

SNAPSHOTS = {"subscribers"}
"""Without `updated_at` in the facts about its fields; the document leaves that open."""


@pytest.fixture
def written(request: pytest.FixtureRequest, project: Path) -> ApiDeclaration:
    """What the command makes of a document."""
    api: str = request.param
    DEFS.mkdir(parents=True)
    assert main(["new", api, "--from", str(FOLDER / f"{api}.txt"), "--defs", str(DEFS)]) == 0
    return read_folder(DEFS / api)


@pytest.mark.parametrize("written", APIS, indirect=True)
def test_a_document_gives_the_shipped_declaration(written: ApiDeclaration) -> None:
    expected = shipped(written.name)
    assert comparable(written) == comparable(expected)
    assert [named(written, name) for name in written.resources] == list(expected.resources)
    for name, resource in written.resources.items():
        assert comparable_resource(resource) == comparable_resource(
            expected.resources[named(written, name)]
        ), name


@pytest.mark.parametrize("written", ["status_pages"], indirect=True)
def test_the_fields_of_a_document_are_some_of_the_shipped_ones(written: ApiDeclaration) -> None:
    for name, resource in shipped("status_pages").resources.items():
        found = written.resources[name].fields
        assert len(found) >= 4
        assert {field: kind.data_type for field, kind in found.items()} == {
            field: kind.data_type for field, kind in resource.fields.items() if field in found
        }


def comparable(declaration: ApiDeclaration) -> dict[str, Any]:
    """What an API says for all of its resources, without descriptions."""
    return declaration.declared.model_dump(exclude={"description", "resources"})


def comparable_resource(resource: ResourceDeclaration) -> ResourceDeclaration:
    """A resource without what no document states: name, description, fields and no cursor."""
    hidden = {"name": "", "description": "", "endpoint": None}
    endpoint = resource.endpoint
    if resource.name in SNAPSHOTS:
        endpoint = endpoint.model_copy(update={"incremental": None})
    declared = resource.declared.model_copy(update=hidden)
    return replace(resource, name="", declared=declared, endpoint=endpoint, fields={}, required=())


def named(declaration: ApiDeclaration, name: str) -> str:
    """The shipped name of a resource."""
    return NAMES[declaration.name] if name == "resource_name" else name
