"""An object with two different values of one name fails its resource: one of them would be lost."""

import gzip
from collections.abc import Iterable
from typing import Any

import pytest

from analytics_ingest.common.errors import PartialLoadError
from analytics_ingest.common.large_json import LARGE
from analytics_ingest_tests.support.loads import declare, failure, load, read, resource, table
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

ROW = '"id": 1, "updated_at": "2026-01-05T10:00:00Z"'
PAD = f'{{"id": 2, "updated_at": "2026-01-05T10:00:00Z", "text": "{"x" * 500}"}}'
LONG = ", ".join([PAD] * (LARGE // len(PAD) + 1))

DIFFERENT: dict[str, tuple[str, str]] = {
    "numbers": (f'{{"data": [{{{ROW}, "größe": 1, "größe": 2}}]}}', "größe"),
    "an escaped name": (f'{{"data": [{{{ROW}, "a": 1, "\\u0061": 2}}]}}', "a"),
    "a null": (f'{{"data": [{{{ROW}, "a": null, "a": "canary"}}]}}', "a"),
    "true and 1": (f'{{"data": [{{{ROW}, "a": 1, "a": true}}]}}', "a"),
    "many digits": (
        f'{{"data": [{{{ROW}, "a": 9007199254740993.25, "a": 9007199254740993.26}}]}}',
        "a",
    ),
    "the key": ('{"data": [{"id": 1, "id": 2, "updated_at": "2026-01-05T10:00:00Z"}]}', "id"),
    "in an object": (f'{{"data": [{{{ROW}, "o": {{"a": [{{"b": 1, "b": 2}}]}}}}]}}', "b"),
    "beside the rows": (f'{{"total": 1, "total": 2, "data": [{{{ROW}}}]}}', "total"),
    "the rows": (f'{{"data": [{{{ROW}}}], "data": []}}', "data"),
    "in a long list": (f'{{"data": [{LONG}, {{{ROW}, "größe": 1, "größe": 2}}]}}', "größe"),
    "beside a long list": (f'{{"total": 1, "data": [{LONG}], "total": 2}}', "total"),
    "a control character": (f'{{"data": [{{{ROW}, "\\u001b": 1, "\\u001b": 2}}]}}', "\\x1b"),
    "a long name": (f'{{"data": [{{{ROW}, "{"n" * 500}": 1, "{"n" * 500}": 2}}]}}', "n" * 100),
}
"""A body, and the name in the message."""


def serve(api: ScriptedApi, bodies: Iterable[str]) -> list[dict[str, Any]]:
    """Serve each body under a path of its own; the resources that request them."""
    resources: list[dict[str, Any]] = []
    for number, body in enumerate(bodies):
        resources.append(resource(f"items_{number:02}"))
        api.always(f"/items_{number:02}", Reply(body.encode()))
    return resources


def test_two_values_of_one_name_fail_the_resource_alone(api: ScriptedApi) -> None:
    resources = serve(api, (body for body, _ in DIFFERENT.values()))
    api.always("/others", {"data": rows(1)})
    with pytest.raises(PartialLoadError) as caught:
        load(declare(*resources, resource("others")))
    named = {name: str(error) for name, error in caught.value.failures.items()}
    for (case, (_, name)), listed in zip(DIFFERENT.items(), resources, strict=True):
        error = named.pop(listed["name"], f"{case}: no error")
        assert error.startswith(
            f"demo.{listed['name']}: GET /{listed['name']}: in the response an object holds two "
            f"values of the name '{name}"
        )
        assert error.endswith("request another format, or report it to the API")
        assert "canary" not in error
        assert api.paths.count(f"/{listed['name']}") == 1
    assert not named
    assert table("others") == [1]


def test_what_repeats_equally_or_differs_in_case_is_read(api: ScriptedApi) -> None:
    bodies = [
        f'{{"data": [{{{ROW}, "a": 2, "a": 2}}]}}',
        f'{{"data": [{{{ROW}, "a": 2, "o": {{"b": [1.5], "b": [1.5]}}}}]}}',
        f'{{"data": [{{{ROW}, "a": 2, "A": 3}}], "total": 1, "total": 1}}',
        f'{{"data": [{{{ROW}, "a": 2, "text": "\\"a\\": 1, \\"a\\": 2"}}]}}',
    ]
    resources = serve(api, bodies)
    load(declare(*resources))
    found = {body: table(r["name"], "a") for body, r in zip(bodies, resources, strict=True)}
    assert found == {body: [2] for body in bodies}


@pytest.mark.parametrize(
    ("decoder", "pack"),
    [
        ("jsonl", bytes),
        ({"type": "jsonl", "compression": "gzip"}, gzip.compress),
        ({"type": "json", "compression": "gzip"}, gzip.compress),
    ],
    ids=["lines", "packed lines", "packed JSON"],
)
def test_a_decoder_sees_it_too(api: ScriptedApi, decoder: Any, pack: Any) -> None:
    is_lines = "jsonl" in str(decoder)
    body = f'{{{ROW}}}\n{{{ROW}, "a": 1, "a": 2}}' if is_lines else DIFFERENT["numbers"][0]
    api.always("/items", Reply(pack(body.encode())))
    keys: dict[str, Any] = {"data_selector": None} if is_lines else {}
    error = failure(declare(resource(decoder=decoder, **keys)))
    assert "two values of the name" in str(error)
    assert ("line 2" in str(error)) == is_lines
    assert len(api.asked) == 1


def test_an_ignored_response_is_not_parsed(api: ScriptedApi) -> None:
    api.always("/items", Reply(DIFFERENT["numbers"][0].encode()))
    ignored = [{"content": "updated_at", "action": "ignore"}]
    assert read(declare(resource(response_actions=ignored))) == []


def test_try_names_it(api: ScriptedApi) -> None:
    api.always("/items", Reply(DIFFERENT["numbers"][0].encode()))
    (sentence,) = try_(resource()).wrong
    assert "two values of the name 'größe'" in sentence
