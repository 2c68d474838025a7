"""Checks of `schema.yaml`: counted over a load's rows and over the table, with keys, never rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from analytics_ingest.common.project import FOLDER_SETTING
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.support.checkout import ROOT
from analytics_ingest_tests.support.deployments import NOON, Deployment, Outcome, at, deploy, sql
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.own_checks import CANARY, DAY, FAILING, ROWS, declared
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Hub
from analytics_ingest_tests.support.yaml_text import read_yaml


class Run:
    """A load of the rows, and the same checks alone."""

    def __init__(self, instance: dg.DagsterInstance, deployment: Deployment, folder: Path) -> None:
        self.folder = folder
        self.instance = instance
        self.deployment = deployment
        self.loaded = deployment.load(DAY)
        self.alone = self.check()

    def check(self) -> Outcome:
        names = ("not_null_never", "of_another_api", "no_such_column", "quotes_a_row", "totals")
        return self.deployment.check("orders", *FAILING, *names)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, hub: Hub) -> Iterator[Run]:
    folder, api = tmp_path_factory.mktemp("checks"), hub.new_api()
    api.always("/orders", {"data": ROWS})
    api.always("/customers", {"data": [row(1)]})
    with pytest.MonkeyPatch.context() as patch, at(NOON):
        patch.chdir(folder)
        patch.setenv("SOURCES__DEMO__BASE_URL", api.url)
        patch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
        with dg.DagsterInstance.ephemeral() as instance:
            deployment = deploy(declared(), instance)
            deployment.job.execute_in_process(
                instance=instance, asset_selection=[dg.AssetKey(["demo", "customers"])]
            )
            yield Run(instance, deployment, folder)


@pytest.mark.parametrize("name", FAILING)
def test_failing_rows_are_counted_with_their_keys(run: Run, name: str) -> None:
    rows, keys = FAILING[name]
    for outcome, checked in ((run.loaded, 6), (run.alone, 5)):
        verdict = outcome.verdicts[f"orders/{name}"]
        assert verdict.passed is (rows == 0)
        figures = verdict.figures
        assert (figures["failing_rows"], figures["rows"]) == (rows, checked)
        assert sorted(figures.get("failing_keys") or ()) == (keys or [])
    assert run.loaded.verdicts[f"orders/{name}"].figures["partitions"] == DAY


def test_severity_and_blocking_are_those_of_each_check(run: Run) -> None:
    verdicts = run.loaded.verdicts
    assert verdicts["orders/range_total"].severity == "WARN"
    assert verdicts["orders/not_null_status"].severity == "ERROR"
    graph = run.deployment.job.asset_layer.asset_graph
    blocking = {k.name for k in graph.asset_check_keys if graph.get(k).blocking}
    assert blocking == {"references_customer"}


def test_a_query_that_fails_says_why_without_a_value(run: Run) -> None:
    for outcome in (run.loaded, run.alone):
        failed = outcome.failed
        assert failed["orders/no_such_column"].startswith("Not evaluated: Binder Error: Referenced")
        assert "ConversionException; its message is not shown" in failed["orders/quotes_a_row"]
        assert 'people" does not exist' in failed["orders/of_another_api"]
        # A result without the key has no examples.
        assert "such as" not in failed["orders/totals"]
    for run_id in (run.loaded.run_id, run.alone.run_id):
        assert CANARY not in str(run.instance.all_logs(run_id))


def test_a_reference_may_lead_to_another_api(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run.folder)
    monkeypatch.setenv(FOLDER_SETTING, str(run.folder))
    sql("create schema elsewhere", "create table elsewhere.people as select 1 as id")
    verdict = run.check().verdicts["orders/of_another_api"]
    assert (verdict.figures["failing_rows"], verdict.figures["failing_keys"]) == (1, ["2"])
    sql("drop schema elsewhere cascade")


def test_tags_of_columns_are_in_the_catalogue(run: Run) -> None:
    graph = run.deployment.job.asset_layer.asset_graph
    columns = graph.get(dg.AssetKey(["demo", "orders"])).metadata["dagster/column_schema"].columns
    assert {c.name: dict(c.tags) for c in columns if c.tags} == {"status": {"pii": ""}}


REFUSED: dict[str, tuple[Any, Any]] = {
    "fields.n.checks.0: a check is one of not_null": ([{"severity": "warn"}], None),
    "fields.n.checks.1: a check is one of": (["unique", {"unique": True, "not_null": True}], None),
    "fields.n.checks.0.nul: Extra inputs": (["nul"], None),
    "fields.n.checks: is not a list": ("unique", None),
    "accepted_values: 'x' is not a bigint": ([{"accepted_values": [1, "x"]}], None),
    "range: True is not a bigint": ([{"range": {"min": True}}], None),
    "range: is empty": ([{"range": {}}], None),
    "the name unique_n is taken": (["unique", "unique"], None),
    "the name volume is taken": ([{"unique": True, "name": "volume"}], None),
    "references: 'others' is not a resource": ([{"references": ["demo", "others"]}], None),
    "the key of another API": ([{"references": ["other", "items"]}], None),
    "n is a bigint, and items.t a text": ([{"references": ["demo", "items", "t"]}], None),
    "checks.0.sql: ": (None, [{"name": "x"}]),
    "checks.0.name: ": (None, [{"name": "a b", "sql": "select 1"}]),
    "checks.0.sql: holds several": (
        None,
        [{"name": "x", "sql": "select 1) as f; delete from {table}; select * from (select 1"}],
    ),
    "checks.1.sql: holds several": (
        None,
        [
            {"name": "x", "sql": "select ';)', \";)\" -- ;)\n from {table} /* ;) */;\n"},
            {"name": "y", "sql": "select e'\\'' ; delete from {table}; select ''"},
        ],
    ),
    "checks.0.sql: closes a parenthesis": (
        None,
        [{"name": "x", "sql": "select 1) as f, (select 2"}],
    ),
}


@pytest.mark.parametrize("problem", REFUSED)
def test_a_check_that_cannot_work_is_refused(problem: str) -> None:
    checks, own = REFUSED[problem]
    fields = {"n": {"type": "integer", "checks": checks}, "t": "string"}
    schema = {"items": {"fields": fields, **({"checks": own} if own else {})}}
    with pytest.raises(DeclarationError) as caught:
        declare(resource(), schema=schema)
    assert problem in str(caught.value)
    assert "demo.items: " in str(caught.value)


def test_a_check_of_a_field_that_defs_yaml_replaces_is_refused() -> None:
    schema = {"items": {"fields": {"n": {"type": "integer", "checks": ["unique"]}}}}
    with pytest.raises(DeclarationError, match="has a check but no type"):
        declare(resource(own={"fields": {"id": "integer"}}), schema=schema)


def test_the_example_in_the_documents_is_valid() -> None:
    text = (ROOT / "docs" / "partitions-and-checks.md").read_text()
    schema = read_yaml(text.partition("```yaml\n")[2].partition("```")[0])
    customers = resource("customers", own={"fields": {"id": "integer"}})
    declaration = declare(resource("orders"), customers, api="shop", schema=schema)
    assert len(declaration.resources["orders"].checks) == 6
