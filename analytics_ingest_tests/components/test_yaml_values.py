"""YAML that means what it says: a value is accepted or refused alike by all that read it.

They are `dg check yaml`, `dg check defs` (and so each run), `check`, and `try`.
"""

from collections.abc import Mapping
from typing import NamedTuple

import pytest
from dagster_shared.yaml_utils import parse_yamls_with_source_position
from jsonschema import Draft202012Validator

from analytics_ingest.cli import main
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.json_schema import api_schema
from analytics_ingest_tests.support.own_project import OwnProject
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import ScriptedApi

SCHEMA = Draft202012Validator(api_schema())
TYPE = "type: analytics_ingest.components.RestApi\n"


class Case(NamedTuple):
    """Something that a user writes, and whether it is accepted."""

    place: str
    """The key; an endpoint's begins with endpoint, a resource's with resource."""
    text: str
    is_accepted: bool


CASES = [
    # Dates and times without quotes are texts.
    Case("partitions.start", "2026-01-01", True),
    Case("partitions.start", "2026-01-01T00:00:00", False),
    Case("partitions.start", "20260101", False),
    Case("description", "2026-01-01", True),
    Case("description", "2026-01-01 10:30:00", True),
    Case("endpoint.incremental.initial_value", "2025-06-01", True),
    Case("endpoint.params.day", "2026-01-01", True),
    Case("endpoint.params.day", "{type: each, values: [2026-01-01, 2026-01-02]}", True),
    Case("endpoint.json", "{since: 2026-01-01}", True),
    Case("freshness", "{warn_after: 26:00, fail_after: 48h}", False),
    # A number is not a text, and a text is not a number.
    Case("description", "2026", False),
    Case("tags.tier", "1", False),
    Case("tags.tier", "'1'", True),
    Case("resource.primary_key", "1", False),
    Case("endpoint.incremental.start_param", "0", False),
    Case("concurrency", "'5'", False),
    Case("concurrency", "5", True),
    Case("concurrency", "5.5", False),
    Case("concurrency", "true", False),
    Case("timeouts.read", "30", True),
    Case("timeouts.read", "'30'", False),
    Case("timeouts.read", "on", False),
    Case("endpoint.error_handler.retry_on_status_codes", "['429']", False),
    Case("endpoint.paginator", "{type: offset, limit: '100'}", False),
    # no, off, yes and on are booleans; in quotes they are texts.
    Case("blocking", "no", True),
    Case("blocking", "on", True),
    Case("blocking", "'no'", False),
    Case("blocking", "0", False),
    Case("description", "on", False),
    Case("tags.live", "no", False),
    Case("tags.live", "'no'", True),
    Case("resource.fields", "{is_on: boolean, 'on': boolean}", True),
    Case("resource.fields", "{on: boolean}", False),
    Case("endpoint.headers", "{on: x}", False),
    Case("endpoint.params", "{1: x}", False),
    Case("endpoint.params.active", "yes", True),
]


DEFAULTS: dict[str, dict[str, str]] = {
    "": {},
    "resource": {"name": "items", "primary_key": "id"},
    "endpoint": {"path": "/items", "data_selector": "data", "paginator": "single_page"},
}


def attributes(url: str, *cases: Case) -> str:
    """The attributes of an API that holds what some cases write, as YAML."""
    blocks = {block: dict(keys) for block, keys in DEFAULTS.items()}
    for case in cases:
        block, _, inner = case.place.partition(".")
        key, *below = (inner if block in blocks else case.place).split(".")
        text = case.text
        for name in reversed(below):
            text = f"{{{name}: {text}}}"
        blocks[block if block in blocks else ""][key] = text
    blocks[""]["client"] = f"{{base_url: '{url}'}}"
    blocks["resource"]["endpoint"] = as_flow(blocks["endpoint"])
    blocks[""]["resources"] = f"[{as_flow(blocks['resource'])}]"
    return "".join(f"  {key}: {text}\n" for key, text in blocks[""].items())


def as_flow(keys: Mapping[str, str]) -> str:
    """An object of YAML on one line."""
    return f"{{{', '.join(f'{key}: {text}' for key, text in keys.items())}}}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.place}: {case.text}")
def test_a_value_is_accepted_or_refused_alike(
    team: OwnProject, api: ScriptedApi, case: Case
) -> None:
    api.always("/items", {"data": [row(1)]})
    path = team.defs / "shop" / "defs.yaml"
    path.parent.mkdir()
    path.write_text(f"{TYPE}attributes:\n{attributes(api.url, case)}")
    (document,) = parse_yamls_with_source_position(path.read_text(), str(path))
    by_schema = not list(SCHEMA.iter_errors(document.value["attributes"]))
    by_check = main(["check"]) == 0
    main(["try", "shop"])
    by_try = bool(api.paths)  # It asks nothing of the API of a declaration that it refuses.
    assert (by_schema, by_check, by_try) == (case.is_accepted,) * 3


def test_the_commands_of_dg_accept_what_is_accepted(checkout: Checkout) -> None:
    path = checkout.declare("shop", attributes("https://shop.test", *together(is_accepted=True)))
    assert checkout.run("dg", "check", "yaml", str(path.parent)).status == 0
    assert checkout.run("dg", "check", "defs", "--no-check-yaml").status == 0


def test_the_commands_of_dg_refuse_each_value_that_is_refused(checkout: Checkout) -> None:
    refused = together(is_accepted=False)
    path = checkout.declare("shop", attributes("https://shop.test", *refused))
    for command in (["yaml", str(path.parent)], ["defs", "--no-check-yaml"]):
        checked = checkout.run("dg", "check", *command)
        assert checked.status == 1
        for case in refused:
            assert f"attributes.{within(case.place)}" in checked.output


def together(*, is_accepted: bool) -> list[Case]:
    """Cases that one declaration can hold: one of each key."""
    cases = [case for case in CASES if case.is_accepted == is_accepted]
    return list({key_of(case): case for case in cases}.values())


def key_of(case: Case) -> tuple[str, ...]:
    """The key that a case writes in its block."""
    block, *keys = case.place.split(".")
    return (block, *keys[:1]) if block in DEFAULTS else (block,)


def within(place: str) -> str:
    """The key of a place as dg names it."""
    block, _, inner = place.partition(".")
    return {
        "resource": f"resources.0.{inner}",
        "endpoint": f"resources.0.endpoint.{inner}",
    }.get(block, place)
