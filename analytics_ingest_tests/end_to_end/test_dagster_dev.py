"""`dagster dev` as users start it tells of what goes wrong: each event once, and all of it.

One process for the whole module: an API refuses, another sends a row without a key, a third was
loaded last days ago. All are reported before the first test, and what is reported twice would be
among it. At last, Ctrl-C ends it.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import dagster as dg
import pytest
import time_machine

from analytics_ingest_tests.end_to_end.dagster_dev import DagsterDev, dagster_dev
from analytics_ingest_tests.end_to_end.processes import processes
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.commands import LOOPBACK, free_port
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.raw_server import closed_port
from analytics_ingest_tests.support.scripted_api import Gate, Reply, ScriptedApi, serving
from analytics_ingest_tests.support.waiting import wait_for
from analytics_ingest_tests.support.webhooks import Arrived, Webhook, receiving

pytestmark = pytest.mark.timeout(480)

UNREACHABLE = "commerce/transactions"
BROKEN = "status_pages/pages"
FORGOTTEN = "content_library/items"
LAST_LOAD = timedelta(days=4)

NOW = datetime.now(timezone.utc)
TODAY = NOW.date().isoformat()

TICKS = "SECONDS_BETWEEN_TICKS = "
"""Shortened from 30 to 5: how often sensors tick changes nothing of what they tell."""

LOOKS_AT_CODE_SERVERS = "DAGSTER_CODE_SERVER_AUTO_RESTART_INTERVAL"
"""Shortened from 5 to 1: `dagster dev` certainly looks while its other processes end."""

WITHIN = 180
TWO_MORE_TICKS_WITHIN = 150
"""Seconds; what is reported at a tick may wait for the one before to end."""


@dataclass(frozen=True)
class Reports:
    """What a webhook received of one `dagster dev`."""

    dev: DagsterDev
    runs: Mapping[str, str]
    """Id of the run of each asset that was launched."""
    status_pages: ScriptedApi
    messages: Sequence[Arrived]

    def about(self, asset: str) -> Arrived:
        """The one message about an asset."""
        (message,) = [m for m in self.messages if m.lines["assets"] == asset]
        return message


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reports]:
    """Let three things go wrong, wait until they are reported, then for two more ticks."""
    checkout = Checkout.create(tmp_path_factory.mktemp("dagster_dev"))
    # Its three further tries follow at once.
    checkout.edit("commerce", "backoff_factor: 2", "backoff_factor: 0")
    _tick_often(checkout)
    _load_days_ago(checkout, FORGOTTEN)
    with serving() as hub, receiving() as receiver:
        status_pages, webhook = hub.new_api(), receiver.new()
        now = NOW.isoformat()
        status_pages.on("/v1/resource", by_offset([row("p1", now), row(None, now)]))
        port = free_port()
        settings = {
            "ANALYTICS_INGEST_NOTIFY_URLS": webhook.url,
            "ANALYTICS_INGEST_UI_URL": f"http://{LOOPBACK}:{port}",
            LOOKS_AT_CODE_SERVERS: "1",
            "SOURCES__COMMERCE__BASE_URL": closed_port(),
            "SOURCES__COMMERCE__API_KEY": "secret-of-commerce",
            "SOURCES__STATUS_PAGES__BASE_URL": status_pages.url,
            "SOURCES__STATUS_PAGES__API_KEY": "secret-of-status-pages",
        }
        with dagster_dev(checkout, settings, port=port) as dev:
            runs = {asset: dev.launch(asset, TODAY) for asset in (UNREACHABLE, BROKEN)}
            assert dev.wait_for_run(runs[UNREACHABLE]) == "FAILURE"
            assert dev.wait_for_run(runs[BROKEN]) == "SUCCESS"
            _wait_until_all_is_reported(dev, webhook)
            yield Reports(dev, runs, status_pages, webhook.arrived)


def test_a_run_that_fails_is_reported_once_with_all_that_one_asks_first(reports: Reports) -> None:
    message = reports.about(UNREACHABLE)
    assert message.title == "commerce: run failed"
    lines = message.lines
    cause = lines.pop("cause")
    assert cause.startswith(
        "commerce.transactions: GET /v1/resource: no response from http://127.0"
    )
    assert cause.endswith(
        " after 4 requests; check SOURCES__COMMERCE__BASE_URL, and that the API runs there"
    )
    assert lines == {
        "API": "commerce",
        "assets": UNREACHABLE,
        "partitions": TODAY,
        "attempt": "1",
        "run": f"{reports.dev.url}/runs/{reports.runs[UNREACHABLE]}",
    }


def test_a_check_that_fails_in_a_run_that_succeeds_is_reported_once(reports: Reports) -> None:
    message = reports.about(BROKEN)
    assert message.title == "status_pages: a check failed"
    assert message.lines == {
        "API": "status_pages",
        "assets": BROKEN,
        "partitions": TODAY,
        "attempt": "1",
        "checks": f"{BROKEN} primary_key (error): 1 row without a usable id, kept in "
        "pages__rejected.",
        "run": f"{reports.dev.url}/runs/{reports.runs[BROKEN]}",
    }


def test_an_asset_that_becomes_stale_is_reported_once(reports: Reports) -> None:
    message = reports.about(FORGOTTEN)
    assert message.title == "content_library: an asset became stale"
    assert "the last load is 4.0 d old" in message.lines["cause"]
    assert message.lines["see"] == f"{reports.dev.url}/assets/{FORGOTTEN}"


def test_nothing_else_is_reported(reports: Reports) -> None:
    assert len(reports.messages) == 3, reports.messages


def test_no_secret_is_in_a_message_or_in_what_dagster_prints(reports: Reports) -> None:
    assert "secret-of" not in reports.dev.command.output
    assert "secret-of" not in str(reports.messages)


def test_ctrl_c_interrupts_the_run_and_leaves_no_process(reports: Reports) -> None:
    """The last one that uses it."""
    dev, api = reports.dev, reports.status_pages
    before, page = len(api.asked), by_offset([])
    with Gate() as gate:
        api.on("/v1/resource", lambda asked: Reply(page(asked), gate=gate))
        run = dev.launch(BROKEN, TODAY)
        wait_for(lambda: api.asked[before:], "the run's first request", seconds=WITHIN)
        # A page that is being read ends before the run does.
        threading.Timer(1, gate.open).start()
        dev.command.interrupt()
        wait_for(lambda: not processes(dev.command), "all processes to end", seconds=WITHIN)
    with dg.DagsterInstance.from_config(str(dev.checkout.root)) as instance:
        stored = instance.get_run_by_id(run)
    assert stored
    assert stored.is_finished
    assert "Restarting the code server" not in dev.command.output


def _tick_often(checkout: Checkout) -> None:
    module = checkout.root / "analytics_ingest" / "orchestration" / "alerts" / "notify.py"
    text = module.read_text()
    assert f"{TICKS}30\n" in text
    module.write_text(text.replace(f"{TICKS}30\n", f"{TICKS}5\n"))


def _load_days_ago(checkout: Checkout, asset: str) -> None:
    """Leave in Dagster's history that an asset was loaded, and nothing since."""
    then = NOW - LAST_LOAD
    with (
        time_machine.travel(then),
        dg.DagsterInstance.from_config(str(checkout.root)) as instance,
    ):
        day = (then - timedelta(days=1)).date().isoformat()
        instance.report_runless_asset_event(
            dg.AssetMaterialization(asset.split("/"), partition=day)
        )


def _wait_until_all_is_reported(dev: DagsterDev, webhook: Webhook) -> None:
    wait_for(
        lambda: len(webhook.arrived) >= 3,
        "three messages",
        seconds=WITHIN,
        tell=lambda: dev.command.output,
    )
    ticked = dev.ticks()
    assert len(ticked) == 3
    wait_for(
        lambda: all(number >= ticked[name] + 2 for name, number in dev.ticks().items()),
        "two more ticks of each sensor",
        seconds=TWO_MORE_TICKS_WITHIN,
        tell=lambda: dev.command.output,
    )
