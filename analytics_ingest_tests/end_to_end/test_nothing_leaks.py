"""Runs that succeed and fail, with every log at debug level, leave no key and no row behind.

Searched are what they print, the SQLite files and logs of Dagster, and dlt's working files; only
the warehouse holds rows. For each kind of auth there is an API that answers as badly as it can.
"""

import base64
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from analytics_ingest_tests.end_to_end.leaks import leaks
from analytics_ingest_tests.support.checkout import Checkout, Ran
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.projects import APIS
from analytics_ingest_tests.support.raw_server import closed_port
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi, serving

KEY = "s3cr/et+K&y=%20z"
USER = "us3r-n/me"
TOKEN = "t0ken-given/by+it"
ROW = "canary-of-a-row-7f3a"
SECRETS = [KEY, USER, TOKEN, base64.b64encode(f"{USER}:{KEY}".encode()).decode()]

AUTHS = {
    "key_in_header": "{type: api_key, name: X-Key, location: header}",
    "key_in_query": "{type: api_key, name: k, location: query}",
    "with_bearer": "bearer",
    "with_basic": "basic",
    "with_oauth2": "{type: oauth2, access_token_url: token}",
}

DECLARATION = """
  client:
    base_url: https://api.example.com
    auth: {auth}
  resource_defaults:
    primary_key: id
    endpoint:
      data_selector: data
      paginator: single_page
      error_handler: {{retry_on_status_codes: [429], max_retries: 1, backoff_factor: 0}}
  resources:
    - name: good
      endpoint: {{paginator: {{type: offset, limit: 2}}}}
      fields: {{id: integer, n: integer, updated_at: timestamp}}
    - refused
    - broken
    - {{name: lost, endpoint: {{paginator: {{type: cursor, cursor_path: data.next}}}}}}
    - {{name: linked, endpoint: {{paginator: {{type: json_link, next_url_path: next}}}}}}
    - {{name: moved, endpoint: {{path: moved}}}}
"""

DEBUGGING = """
import http.client, logging
http.client.HTTPConnection.debuglevel = 1
logging.basicConfig(level=logging.DEBUG)
"""

PYTHON_LOGS = "\npython_logs: {managed_python_loggers: [root, dlt], python_log_level: DEBUG}\n"

NOT_TAKEN = "key_in_query"
"""The API whose load fails at the warehouse."""

DAY = "2026-01-05"
"""Of the rows unless they say otherwise."""

pytestmark = pytest.mark.timeout(480)


def answer_badly(api: ScriptedApi) -> None:
    """Answer with rows and keys wherever an answer can hold them."""
    rows = [row(n, name=ROW, n=n) for n in range(1, 4)]
    rows += [row(4, n=ROW), row(5, cursor=ROW), row(None, name=ROW), row(6, n=10**30, new=ROW)]
    pages = by_offset(rows)
    api.on("/good", lambda asked: pages(asked) if api.sent("/good", "offset")[1:] else echo(asked))
    api.on("/refused", echo)
    api.on("/broken", lambda asked: Reply(f"<p>{ROW} {sent(asked)}".encode()))
    api.always("/lost", {"data": [row(1, name=ROW)]})
    link = f"http://127.0.0.1:1/next?k={KEY}&row={ROW}"
    api.always("/linked", {"data": [row(1, name=ROW)], "next": link})
    api.always("/moved", Reply(status=302, headers={"Location": link}))
    api.always("/token", {"access_token": TOKEN, "expires_in": 3600})


def echo(asked: Asked) -> Reply:
    """Refuse, and show what was sent."""
    status = 429 if asked.path == "/good" else 403
    return Reply({"error": sent(asked), "data": ROW}, status, {"Retry-After": "0", "X-Row": ROW})


def sent(asked: Asked) -> str:
    """Everything by which a request says who asks."""
    return f"{dict(asked.query)} {dict(asked.headers)}"


@pytest.fixture
def project(tmp_path: Path) -> Checkout:
    """A project of these APIs alone, where everybody logs everything."""
    checkout = Checkout.create(tmp_path)
    for api in APIS:
        (checkout.folder(api) / "defs.yaml").unlink()
    for api, auth in AUTHS.items():
        checkout.declare(api, DECLARATION.format(auth=auth))
    (checkout.root / "sitecustomize.py").write_text(DEBUGGING)
    with (checkout.root / "dagster.yaml").open("a") as file:
        file.write(PYTHON_LOGS)
    return checkout


@pytest.fixture
def apis() -> Iterator[dict[str, ScriptedApi]]:
    with serving() as hub:
        found = {name: hub.new_api() for name in AUTHS}
        for api in found.values():
            answer_badly(api)
        yield found


def materialize(project: Checkout, urls: dict[str, str], selected: str = "*") -> Ran:
    settings = {"DAGSTER_HOME": str(project.root), "RUNTIME__LOG_LEVEL": "DEBUG"}
    for api, url in urls.items():
        prefix = f"SOURCES__{api.upper()}"
        settings[f"{prefix}__BASE_URL"] = f"{url}/"
        settings[f"{prefix}__USERNAME"] = settings[f"{prefix}__CLIENT_ID"] = USER
        for name in ("API_KEY", "API_TOKEN", "PASSWORD", "CLIENT_SECRET"):
            settings[f"{prefix}__{name}"] = KEY
    return project.run_alone(
        *("dagster", "asset", "materialize", "-m", "analytics_ingest.definitions"),
        *("--select", selected, "--partition", DAY),
        settings=settings,
    )


def test_runs_at_debug_level_leave_neither_keys_nor_rows(
    project: Checkout, apis: dict[str, ScriptedApi]
) -> None:
    warehouse = project.root / "data" / "warehouse.duckdb"
    urls = {name: api.url for name, api in apis.items()}

    partly = materialize(project, urls)
    assert "4 of 6 resources failed" in partly.output
    assert "DEBUG" in partly.output

    with duckdb.connect(str(warehouse)) as connection:
        for api in AUTHS:
            assert connection.execute(f"SELECT count(*) FROM {api}.good").fetchone() == (6,)
        connection.execute(f"ALTER TABLE {NOT_TAKEN}.good RENAME TO hidden")
        connection.execute(f"CREATE VIEW {NOT_TAKEN}.good AS SELECT * FROM {NOT_TAKEN}.hidden")
    # What the warehouse says does not depend on the kind of auth.
    not_taken = materialize(project, urls, f"group:{NOT_TAKEN}")
    assert "dlt's load step failed" in not_taken.output

    down = materialize(project, dict.fromkeys(AUTHS, closed_port()))
    assert "is down" in down.output

    (project.root / "sitecustomize.py").unlink()
    for api in AUTHS:
        (project.folder(api) / "defs.yaml").unlink()
    printed = partly.output + not_taken.output + down.output
    assert leaks([*SECRETS, ROW], printed, project.root.parent, spared=warehouse) == []
    assert leaks(SECRETS, "", warehouse.parent, spared=project.root) == []
    assert "nanobind" not in printed  # DuckDB's word for objects that outlive Python
