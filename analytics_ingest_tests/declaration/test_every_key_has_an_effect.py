"""Every key of a declaration changes something that can be seen, or its description says otherwise.

The keys come from the models: a new key without a case here fails. Each case compares a declaration
with the key and one without it: what is sent, what is kept of the answers, the tables, and what
Dagster shows. Many cases share a load.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import ValidationError

from analytics_ingest.auth import list_auth_types
from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.limits import Volume
from analytics_ingest.declaration.models.resource import ResourceDefaults
from analytics_ingest.declaration.reference.key_reference import format_key_reference
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.api_context import connect
from analytics_ingest.orchestration.assets import build_assets
from analytics_ingest.orchestration.checks.volume import check_volume
from analytics_ingest.orchestration.schedules import build_job_and_schedule
from analytics_ingest.paginators import list_paginator_types
from analytics_ingest_tests.declaration.key_cases import CASES, resource
from analytics_ingest_tests.declaration.key_lists import (
    CONNECTED,
    ELSEWHERE,
    IGNORED,
    REFUSED,
    SENT,
    SHOWN,
    VOLUME,
    WAITS,
)
from analytics_ingest_tests.declaration.key_tables import TABLES, load_tables
from analytics_ingest_tests.declaration.key_world import LISTINGS, WINDOW, observe, serve
from analytics_ingest_tests.support.loads import API, declare, failure
from analytics_ingest_tests.support.loads import resource as plain
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.yaml_text import read_yaml

TESTS = Path(__file__).parents[1]
NEEDED = ["PartitionRouter.partition_field"]
"""Cases whose declaration is refused without the key."""


def declared(text: str) -> ApiDeclaration:
    """Resolve the attributes of an API; client and one resource are there if not given."""
    resources = [{"name": "a", "primary_key": "id"}]
    given = {"client": {"base_url": "https://shop.test"}, "resources": resources}
    return resolve(API, Api.model_validate({**given, **read_yaml(text)}))


def parent(name: str, path: str = "/parents/list") -> dict[str, Any]:
    """A resource whose rows may be parents."""
    return plain(name, path=path)


def give_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set every secret that a case may need, each to another value."""
    for kind in list_auth_types().values():
        for secret in kind.keys.secrets.values():
            monkeypatch.setenv(f"SOURCES__DEMO__{secret.setting.upper()}", f"own-{secret.setting}")
    monkeypatch.setenv("SOURCES__OTHER__KEY", "other")


def shown(declaration: ApiDeclaration) -> Any:
    """What Dagster shows of an API."""
    assets = build_assets(declaration, "duckdb")
    specs = [spec for asset in assets for spec in asset.specs]
    checks = [spec for asset in assets for spec in asset.check_specs]
    schedule = next(iter(build_job_and_schedule(declaration).schedules or ()))
    assert isinstance(schedule, dg.ScheduleDefinition)
    return [
        *((s.key, s.description, s.owners, s.tags, s.freshness_policy, s.metadata) for s in specs),
        *(check.blocking for check in checks),
        *(str(asset.partitions_def) for asset in assets),
        *(schedule.cron_schedule, schedule.execution_timezone),
    ]


def declared_keys() -> Iterator[str]:
    """Every key by its block; those of auth and paginators by each type that has them."""
    keys, _, _ = format_key_reference().partition("\n## dlt keys that are refused\n")
    for section in keys.split("\n## ")[1:]:
        block = section.partition("\n")[0]
        types = {"Auth": list_auth_types(), "Paginator": list_paginator_types()}.get(block, {})
        typed = {f"{kind.name}.{key}" for kind in types.values() for key in kind.keys.list_names()}
        of_types = {key.partition(".")[2] for key in typed}
        yield from (f"{block}.{key}" for key in typed)
        for key in re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE):
            if key not in of_types:
                yield f"{block}.{key}"


def test_every_key_has_a_case() -> None:
    cases = [
        *(CASES, IGNORED, REFUSED, SHOWN, SENT, CONNECTED),
        *([f"ResourceDefaults.{key}" for key in TABLES if key in ResourceDefaults.model_fields],),
        *([f"Resource.{key}" for key in TABLES if key not in ResourceDefaults.model_fields],),
        *([f"Volume.{key}" for key in VOLUME], [f"ErrorHandler.{key}" for key in WAITS]),
        ELSEWHERE,
    ]
    assert {key for group in cases for key in group} == set(declared_keys())


@pytest.mark.parametrize("key", IGNORED)
def test_the_reference_says_of_a_key_that_it_is_ignored(key: str) -> None:
    block, _, name = key.partition(".")
    section = format_key_reference().partition(f"\n## {block}\n")[2]
    (row,) = re.findall(rf"^\| `{name}` \|.*$", section.partition("\n## ")[0], re.MULTILINE)
    assert IGNORED[key] in row


@pytest.mark.parametrize("key", REFUSED)
def test_a_value_that_is_not_possible_is_refused_by_the_name_of_its_key(key: str) -> None:
    with pytest.raises((DeclarationError, ValidationError)) as refused:
        declared(REFUSED[key])
    assert key.rpartition(".")[2] in str(refused.value)


def test_requests_and_rows_differ_with_each_key(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_secrets(monkeypatch)
    unique = dict.fromkeys(text for pair in CASES.values() for text in pair)
    names = {text: f"case{number}" for number, text in enumerate(unique)}
    parents = parent("parents"), parent("others", path="/others/paged")
    resources, refused = [], dict[str, str]()
    for text, name in names.items():
        written = read_yaml(resource(text).replace("@", name).replace("URL", api.url))
        try:
            declare(*parents, written)
            resources.append(written)
        except DeclarationError as error:
            refused[name] = str(error)
    serve(api, "parents", "others", *names.values())
    seen: dict[str, Any] = {**observe(api, declare(*parents, *resources)), **refused}
    views = {key: [repr(seen[names[text]]) for text in pair] for key, pair in CASES.items()}
    assert [key for key, (with_key, without) in views.items() if with_key == without] == []
    assert [key for key, (_, without) in CASES.items() if names[without] in refused] == NEEDED
    assert len(refused) == len(NEEDED)


@pytest.mark.parametrize("key", WAITS)
def test_waits_before_retries_differ_with_each_key(api: ScriptedApi, key: str) -> None:
    api.on("/items", LISTINGS["teapot"])
    waited = []
    for keys in ("backoff_factor: 0.2", WAITS[key]):
        written = "retry_on_status_codes: [418], max_retries: 2, backoff_factor: 0.2, "
        handler = read_yaml(f"{{{written}{keys}}}")
        failure(declare(plain(error_handler=handler)))
        *_, first, second, third = (asked.at for asked in api.asked)
        waited.append((second - first, third - second))
    assert waited[0] < waited[1] if key == "backoff_factor" else waited[0][1] > waited[1][1]


def test_the_same_declaration_is_observed_alike(api: ScriptedApi) -> None:
    listings = [listing for listing in LISTINGS if listing != "list"]
    resources = [
        read_yaml(resource(f"path: /@/{listing}").replace("@", f"{listing}_{way}"))
        for listing in listings
        for way in ("one", "two")
    ]
    serve(api, *(item["name"] for item in resources))
    seen = observe(api, declare(*resources))
    for listing in listings:
        assert repr(seen[f"{listing}_one"]) == repr(seen[f"{listing}_two"])


@pytest.mark.parametrize("key", SENT)
def test_requests_and_rows_differ_with_each_key_of_the_api(
    api: ScriptedApi, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_secrets(monkeypatch)
    monkeypatch.delenv("SOURCES__DEMO__BASE_URL")
    listing = "/a/future" if "future" in key else "/a/list"
    api.on("/a/list", LISTINGS["list"])
    api.on("/a/future", LISTINGS["future"])
    basic = f"{{name: a, primary_key: id, endpoint: {listing}}}"
    written = f"resources: [{basic}]\nclient: {{base_url: URL}}"
    views = []
    for text in (written, f"{written}\n{SENT[key]}"):
        api.asked.clear()
        seen = observe(api, declared(text.replace("URL", api.url)))["a"]
        views.append((seen, [(asked.path, asked.raw_query, asked.headers) for asked in api.asked]))
    assert repr(views[0]) != repr(views[1])


@pytest.mark.parametrize("key", CONNECTED)
def test_connections_differ_with_each_key(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def view(text: str) -> Any:
        declaration = declared(text)
        try:
            client = connect(declaration, frozenset(["a"]), WINDOW).client
        except LoadError as error:
            return str(error)
        return client.timeouts, client.limit.maximum

    without = "client: {base_url: 'http://shop.test'}" if "http" in key else "description: d"
    assert view(without) != view(CONNECTED[key])


def test_tables_differ_with_each_key(api: ScriptedApi) -> None:
    tables = load_tables(api)
    assert [key for key, (with_key, without) in tables.items() if with_key == without] == []


def test_what_dagster_shows_and_runs_differs_with_each_key() -> None:
    without = shown(declared("description: ''"))
    assert [key for key, text in SHOWN.items() if shown(declared(text)) == without] == []


@pytest.mark.parametrize("key", VOLUME)
def test_the_volume_check_differs_with_each_of_its_limits(key: str) -> None:
    earlier = [100] * 4 if key == "history" else [100] * 5
    rows = 20 if key == "history" else {"low": 80, "high": 120}.get(key, 20)
    views = [
        check_volume(rows, earlier, band, is_complete=True)
        for band in (Volume(), Volume.model_validate({key: VOLUME[key]}))
    ]
    assert views[0] != views[1]


def test_a_key_without_a_case_here_has_a_test_of_its_own() -> None:
    texts = {file: (TESTS / file).read_text() for file in set(ELSEWHERE.values())}
    untested = [k for k, file in ELSEWHERE.items() if k.rpartition(".")[2] not in texts[file]]
    assert untested == []
