"""The sensor asset_stale: reports once when loads are overdue, and again when they are so again."""

import dagster as dg
import pytest

from analytics_ingest.orchestration.alerts.notify import DeliveryError
from analytics_ingest_tests.support.deployments import Deployment, at, deploy
from analytics_ingest_tests.support.history import record_load
from analytics_ingest_tests.support.loads import declare, resource, utc
from analytics_ingest_tests.support.watches import Watch
from analytics_ingest_tests.support.webhooks import Receiver, Webhook

SETTING = "ANALYTICS_INGEST_NOTIFY_URLS"


@pytest.fixture
def deployment(instance: dg.DagsterInstance) -> Deployment:
    """Two resources, of which the first is loaded every night until January 8th."""
    for day in (7, 8):
        record_load(instance, utc(2026, 1, day + 1, 0, 15), f"2026-01-{day:02}")
    return deploy(declare(resource(), resource("others")), instance)


@pytest.fixture
def watch(deployment: Deployment) -> Watch:
    return Watch(deployment, "asset_stale")


def tick(watch: Watch, *moment: int) -> str:
    """What the sensor says at a moment of January."""
    with at(utc(2026, 1, *moment)):
        return watch.tick()


def test_stale_then_loaded_then_stale_is_reported_twice(
    deployment: Deployment, watch: Watch, webhook: Webhook
) -> None:
    assert tick(watch, 10, 12, 0) == "nothing to report"
    assert tick(watch, 10, 12, 30) == "1 message sent"
    assert tick(watch, 10, 12, 31) == tick(watch, 12, 0, 0) == "nothing to report"
    record_load(deployment.instance, utc(2026, 1, 12, 1), "2026-01-09", "2026-01-10", "2026-01-11")
    assert tick(watch, 12, 1, 1) == "nothing to report"
    assert tick(watch, 13, 12, 55) == "nothing to report"
    assert tick(watch, 14, 13, 0) == "1 message sent"
    assert webhook.titles == ["demo: an asset became stale"] * 2
    first, second = (message.lines for message in webhook.arrived)
    assert first["API"] == "demo"
    assert first["assets"] == "demo/items"
    assert first["cause"] == "The last load is 36.2 h old."
    assert second["cause"] == (
        "1 partition due and not loaded: 2026-01-12; the last load is 2.5 d old."
    )


def test_what_was_never_loaded_is_not_stale(watch: Watch, webhook: Webhook) -> None:
    assert tick(watch, 20, 12) == "1 message sent"
    assert webhook.only.lines["assets"] == "demo/items"


def test_what_is_only_late_enough_for_a_warning_is_not_reported(
    watch: Watch, webhook: Webhook
) -> None:
    assert tick(watch, 10, 3, 0) == "nothing to report"


def test_assets_of_an_api_that_become_stale_together_are_one_message(
    deployment: Deployment, watch: Watch, webhook: Webhook
) -> None:
    record_load(deployment.instance, utc(2026, 1, 9, 0, 15), "2026-01-08", resource="others")
    assert tick(watch, 11, 12, 30) == "1 message sent"
    assert webhook.only.title == "demo: 2 assets became stale"
    assert webhook.only.lines["assets"] == "demo/items, demo/others"


def test_an_asset_that_becomes_stale_later_is_reported_alone(
    deployment: Deployment, watch: Watch, webhook: Webhook
) -> None:
    tick(watch, 11, 12, 30)
    record_load(deployment.instance, utc(2026, 1, 11, 0, 15), "2026-01-10", resource="others")
    assert tick(watch, 11, 12, 31) == "nothing to report"
    assert tick(watch, 13, 12, 30) == "1 message sent"
    assert [message.lines["assets"] for message in webhook.arrived] == ["demo/items", "demo/others"]


def test_a_delivery_that_fails_is_made_up_for(watch: Watch, webhook: Webhook) -> None:
    webhook.refuses_after = 0
    with pytest.raises(DeliveryError):
        tick(watch, 11, 12, 30)
    webhook.refuses_after = None
    assert tick(watch, 11, 12, 31) == "1 message sent"
    assert tick(watch, 11, 12, 32) == "nothing to report"


def test_one_service_that_is_down_repeats_nothing_to_the_other(
    watch: Watch, webhook: Webhook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = receiver.new()
    monkeypatch.setenv(SETTING, f"{webhook.url},{other.url}")
    webhook.refuses_after = 0
    assert tick(watch, 11, 12, 30).startswith("1 message sent; the service of URL 1")
    with pytest.raises(DeliveryError):
        tick(watch, 11, 12, 31)
    webhook.refuses_after = None
    assert tick(watch, 11, 12, 32) == "1 message sent"
    assert (len(webhook.arrived), len(other.arrived)) == (1, 1)


def test_without_the_setting_nothing_is_sent_and_with_it_the_present_is_reported_once(
    watch: Watch, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    assert tick(watch, 11, 12, 30).startswith(f"{SETTING} is not set")
    webhook = receiver.new()
    monkeypatch.setenv(SETTING, webhook.url)
    assert tick(watch, 20, 12) == "1 message sent"
    assert tick(watch, 20, 13) == "nothing to report"
