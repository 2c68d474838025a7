"""Three things that go wrong in `dagster dev`, of which a webhook is told.

An API refuses, another sends a row without a key, a third was loaded last days ago.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import dagster as dg
import time_machine

from analytics_ingest_tests.end_to_end.dagster_dev import DagsterDev
from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.raw_server import closed_port
from analytics_ingest_tests.support.scripted_api import ScriptedApi, serving
from analytics_ingest_tests.support.waiting import wait_for
from analytics_ingest_tests.support.webhooks import Arrived, Webhook, receiving

UNREACHABLE = "helpdesk/tickets"
BROKEN = "hotline/tickets"
FORGOTTEN = "mailbox/tickets"
SECRET = "secret-of"
"""In the keys of these APIs."""

DECLARATION = """
  client:
    base_url: https://api.example.com
    auth: {type: api_key, name: key, location: query}
  resources:
    - name: tickets
      primary_key: id
      endpoint:
        data_selector: data
        paginator: {type: offset, limit: 100}
        # Its three further tries follow at once.
        error_handler: {max_retries: 3, backoff_factor: 0}
"""
LAST_LOAD = timedelta(days=4)

NOW = datetime.now(timezone.utc)
TODAY = NOW.date().isoformat()

TICKS = "SECONDS_BETWEEN_TICKS = "
"""Shortened from 30 to 5: how often sensors tick changes nothing of what they tell."""

WITHIN = 180
TWO_MORE_TICKS_WITHIN = 150
"""Seconds; what is reported at a tick may wait for the one before to end."""


@dataclass(frozen=True)
class Reports:
    """The APIs with which things go wrong, and what a webhook is told."""

    settings: Mapping[str, str]
    broken: ScriptedApi
    webhook: Webhook
    runs: dict[str, str] = field(default_factory=dict)
    """Id of the run of each asset that was launched."""

    def about(self, asset: str) -> Arrived:
        """The one message about an asset."""
        (message,) = [m for m in self.webhook.arrived if m.lines["assets"] == asset]
        return message

    def load(self, dev: DagsterDev) -> None:
        """Load of both APIs that are asked, and wait until all three things are reported."""
        self.runs.update({asset: dev.launch(asset, TODAY) for asset in (UNREACHABLE, BROKEN)})
        assert dev.wait_for_run(self.runs[UNREACHABLE]) == "FAILURE"
        assert dev.wait_for_run(self.runs[BROKEN]) == "SUCCESS"
        wait_for(
            lambda: len(self.webhook.arrived) >= 3,
            "three messages",
            seconds=WITHIN,
            tell=lambda: dev.command.output,
        )


@contextmanager
def reporting(checkout: Checkout) -> Iterator[Reports]:
    """Declare the APIs in a project, serve one, and receive what is told of them."""
    names = [asset.partition("/")[0] for asset in (UNREACHABLE, BROKEN, FORGOTTEN)]
    for name in names:
        checkout.declare(name, DECLARATION)
    _tick_often(checkout)
    _load_days_ago(checkout, FORGOTTEN)
    with serving() as hub, receiving() as receiver:
        broken, webhook = hub.new_api(), receiver.new()
        now = NOW.isoformat()
        broken.on("/tickets", by_offset([row("t1", now), row(None, now)]))
        settings = {
            "ANALYTICS_INGEST_NOTIFY_URLS": webhook.url,
            "SOURCES__HELPDESK__BASE_URL": closed_port(),
            "SOURCES__HOTLINE__BASE_URL": broken.url,
            **{f"SOURCES__{name.upper()}__API_KEY": f"{SECRET}-{name}" for name in names},
        }
        yield Reports(settings, broken, webhook)


def wait_for_two_more_ticks(dev: DagsterDev) -> None:
    """See each sensor tick twice: what is reported twice would be told by then."""
    ticked = dev.ticks()
    assert len(ticked) == 3
    wait_for(
        lambda: all(number >= ticked[name] + 2 for name, number in dev.ticks().items()),
        "two more ticks of each sensor",
        seconds=TWO_MORE_TICKS_WITHIN,
        tell=lambda: dev.command.output,
    )


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
