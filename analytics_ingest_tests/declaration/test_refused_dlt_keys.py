"""The documents list what of dlt's configuration is refused, and each entry of the list is."""

import re
from pathlib import Path

import pytest
from dlt.sources.rest_api import typing as dlt_typing
from pydantic import ValidationError

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.models.api import Api, Client
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.models.resource import Resource
from analytics_ingest.declaration.reference.refused_dlt_keys import list_refused_keys
from analytics_ingest_tests.declaration.declaring import declare

DOCS = Path(__file__).parents[2] / "docs"
README = DOCS.parent / "README.md"

REFUSED: dict[str, list[str]] = {
    "client.session": ["client: {base_url: https://x.test, session: mine}"],
    "client.auth": ["client: {base_url: https://x.test, auth: {type: bearer, token: literal}}"],
    "client.auth.access_token": [
        "client: {base_url: https://x.test, auth: {type: oauth2_client_credentials, "
        "access_token_url: /t, access_token: x}}"
    ],
    "client.auth.session": [
        "client: {base_url: https://x.test, auth: {type: oauth2_client_credentials, "
        "access_token_url: /t, session: x}}"
    ],
    "client.paginator": ["client: {base_url: https://x.test, paginator: {type: my_paginator}}"],
    "client.headers": ["client: {base_url: https://x.test, headers: {Authorization: Token x}}"],
    "resources": ["resources: []"],
    "resources.name": [f"resources: [{name}]" for name in ("Posts", "my-posts", "a/b", "a__b")],
    "resources.parent_table_name": ["resources: [{name: a, parent_table_name: b}]"],
    "resources.write_disposition": [
        *(f"resources: [{{name: a, write_disposition: {kind}}}]" for kind in ("append", "skip")),
        *(
            f"resources: [{{name: a, write_disposition: {{disposition: merge, strategy: {name}}}}}]"
            for name in ("scd2", "insert-only")
        ),
    ],
    "resources.processing_steps": [
        f"resources: [{{name: a, processing_steps: [{{{key}: f}}]}}]"
        for key in ("map", "yield_map", "filter")
    ],
    "endpoint.params": [
        "resources: [a, {name: b, endpoint: {path: '{x}', params: "
        "{x: {type: resolve, resource: a, field: id, further: 1}}}}]"
    ],
    "endpoint.response_actions": [
        f"resources: [{{name: a, endpoint: {{response_actions: [{action}]}}}}]"
        for action in ("{action: ignore}", "{status_code: 404, action: my.function}")
    ],
    "endpoint.incremental.end_value": ["'2026-01-01'"],
    "endpoint.incremental.range_start": ["open"],
    "endpoint.incremental.range_end": ["closed"],
    "endpoint.incremental.on_cursor_value_missing": ["exclude", "raise"],
    "endpoint.incremental.convert": ["f"],
    "endpoint.incremental.last_value_func": ["max"],
    "endpoint.incremental.primary_key": ["id"],
    "endpoint.incremental.allow_external_schedulers": ["true"],
}
"""Key → declarations that are refused for it; of a cursor, its values."""

CASES = [
    pytest.param(key, written, id=f"{key}: {written[-30:]}")
    for key, several in REFUSED.items()
    for written in several
]


def test_each_key_of_the_list_has_a_case() -> None:
    assert sorted(REFUSED) == sorted(refused.key for refused in list_refused_keys())


@pytest.mark.parametrize(("key", "written"), CASES)
def test_what_the_list_says_is_refused(key: str, written: str) -> None:
    block, _, name = key.rpartition(".")
    if block == "endpoint.incremental":
        written = f"resources: [{{name: a, endpoint: {{incremental: {{{name}: {written}}}}}}}]"
    with pytest.raises((DeclarationError, ValidationError)) as refused:
        declare(written)
    assert name in str(refused.value)


def keys_of(typed_dict: object) -> set[str]:
    """The keys of one of dlt's typed dicts."""
    return set(getattr(typed_dict, "__annotations__", {}))


def test_every_key_of_dlt_that_is_unknown_is_in_the_list() -> None:
    listed = {refused.key.rpartition(".")[2] for refused in list_refused_keys()}
    unknown = {
        *(keys_of(dlt_typing.RESTAPIConfig) - set(Api.model_fields)),
        *(keys_of(dlt_typing.ClientConfig) - set(Client.model_fields)),
        *(keys_of(dlt_typing.EndpointResource) - set(Resource.model_fields)),
        *(keys_of(dlt_typing.Endpoint) - set(Endpoint.model_fields) - {"json"}),
        *(keys_of(dlt_typing.IncrementalConfig) - set(Incremental.model_fields)),
    }
    assert unknown <= listed


def test_the_documents_speak_of_each_refused_key() -> None:
    text = (DOCS / "keys.md").read_text(encoding="utf-8")
    _, _, section = text.partition("## dlt keys that are refused\n")
    rows = re.findall(r"^\| `([\w.]+)` \| (.+) \| (.+) \|$", section, re.MULTILINE)
    assert rows == [(r.key, r.values, r.reason) for r in list_refused_keys()]


def test_the_readme_links_to_the_list() -> None:
    assert "docs/keys.md#dlt-keys-that-are-refused" in README.read_text(encoding="utf-8")
