"""The five shipped declarations follow their documents to the letter; what they add is listed here.

Each document's example, completed by the additions below, must be the declaration: key by key, and
resource by resource in the same order.
"""

import copy
from typing import Any

import pytest

from analytics_ingest_tests.declaration.documents import SECRET, configuration_of, text_of
from analytics_ingest_tests.support.projects import APIS, DEFS, shipped
from analytics_ingest_tests.support.yaml_text import read_yaml

COUNTS = {
    "commerce": 1,
    "content_library": 1,
    "product_adoption": 10,
    "project_tracking": 24,
    "status_pages": 2,
}

NAMES = {"commerce": "transactions", "content_library": "items"}
"""Names for what two documents call `resource_name`."""

PARENTS = {
    "categories_milestones": ("category_id", "categories"),
    "categories_objectives": ("category_id", "categories"),
    "epics_comments": ("epic_id", "epics"),
    "epics_stories": ("epic_id", "epics"),
    "groups_stories": ("group_id", "groups"),
    "iterations_stories": ("iteration_id", "iterations"),
    "milestones_epics": ("milestone_id", "milestones"),
    "objectives_epics": ("objective_id", "objectives"),
    "stories_comments": ("story_id", "epics_stories"),
    "story_history": ("story_id", "epics_stories"),
}
"""Parents, which the document of project_tracking leaves open: placeholder and resource."""

IN_PROSE = {
    "retry_on_status_codes": [429, 500, 502, 503, 504],
    "max_retries": 3,
    "backoff_factor": 2,
}
"""The error handler that two documents give outside of their example."""


def additions(api: str, resource: str) -> dict[str, Any]:
    """What the declaration of a resource's endpoint says beyond the document's example."""
    added: dict[str, Any] = {}
    if api in ("commerce", "content_library"):
        added["error_handler"] = IN_PROSE
    if api == "project_tracking" and resource in PARENTS:
        placeholder, parent = PARENTS[resource]
        added["params"] = {placeholder: {"type": "resolve", "resource": parent, "field": "id"}}
    if api == "status_pages":
        added["error_handler"] = {"backoff": "constant"}
    if (api, resource) == ("status_pages", "subscribers"):
        added["incremental"] = None
    return added


def attributes_of(api: str) -> dict[str, Any]:
    """The shipped declaration as it is written."""
    attributes: dict[str, Any] = read_yaml((DEFS / api / "defs.yaml").read_text())["attributes"]
    return attributes


def completed(api: str) -> dict[str, Any]:
    """The document's example with the additions, without its secrets."""
    expected = copy.deepcopy(configuration_of(api))
    auth = expected["client"]["auth"]
    expected["client"]["auth"] = {k: v for k, v in auth.items() if v != SECRET}
    for resource in expected["resources"]:
        if resource["name"] == "resource_name":
            resource["name"] = NAMES[api]
        for key, value in additions(api, resource["name"]).items():
            if isinstance(value, dict):
                resource["endpoint"].setdefault(key, {}).update(value)
            else:
                resource["endpoint"][key] = value
    return expected


def without_descriptions(attributes: dict[str, Any]) -> dict[str, Any]:
    """The declaration, but for the descriptions that it adds."""
    bare = copy.deepcopy(attributes)
    for described in (bare, *bare["resources"]):
        del described["description"]
    return bare


def test_every_document_has_its_declaration() -> None:
    assert set(APIS) == set(COUNTS)


@pytest.mark.parametrize("api", APIS)
def test_a_declaration_is_its_document_and_what_is_listed_here(api: str) -> None:
    assert without_descriptions(attributes_of(api)) == completed(api)


@pytest.mark.parametrize("api", APIS)
def test_resources_are_those_of_the_document_in_its_order(api: str) -> None:
    names = [resource["name"] for resource in configuration_of(api)["resources"]]
    declared = [resource["name"] for resource in attributes_of(api)["resources"]]
    assert declared == [NAMES[api] if name == "resource_name" else name for name in names]
    assert len(declared) == COUNTS[api]
    assert set(shipped(api).resources) == set(declared)


@pytest.mark.parametrize("api", APIS)
def test_a_secret_of_the_document_is_not_in_the_declaration(api: str) -> None:
    auth = configuration_of(api)["client"]["auth"]
    (key,) = [key for key, value in auth.items() if value == SECRET]
    assert key not in attributes_of(api)["client"]["auth"]


@pytest.mark.parametrize("api", APIS)
def test_the_api_and_every_resource_are_described_in_a_sentence_of_their_own(api: str) -> None:
    attributes = attributes_of(api)
    texts = [attributes["description"], *(r["description"] for r in attributes["resources"])]
    assert all(text.endswith(".") and len(text) > 20 for text in texts)
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("api", ["commerce", "content_library"])
def test_the_error_handler_of_the_prose_is_what_the_prose_says(api: str) -> None:
    text = text_of(api)
    assert all(str(status) in text for status in IN_PROSE["retry_on_status_codes"])
    assert "factor of 2" in text or '"backoff_factor": 2' in text
    assert "maximum of 3 retries" in text or '"max_retries": 3' in text


def test_every_placeholder_of_a_document_has_a_parent() -> None:
    resources = configuration_of("project_tracking")["resources"]
    assert {r["name"] for r in resources if "{" in r["endpoint"]["path"]} == set(PARENTS)


@pytest.mark.parametrize("api", APIS)
def test_every_resource_declares_its_fields_with_a_key_and_a_cursor(api: str) -> None:
    for name, resource in shipped(api).resources.items():
        is_snapshot = name == "subscribers"
        assert set(resource.required) == ({"id"} if is_snapshot else {"id", "updated_at"}), name
        assert set(resource.required) <= set(resource.fields), name
        assert all(resource.fields[field].nullable is False for field in resource.required), name
        assert (resource.incremental is None) == is_snapshot, name
        assert resource.primary_key == ("id",), name
