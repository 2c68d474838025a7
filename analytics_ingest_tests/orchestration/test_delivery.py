"""Deliveries that fail: nothing is lost, nothing is sent twice, and services do not wait."""

import logging

import dagster as dg
import pytest
from dagster import DagsterEventType

from analytics_ingest.orchestration.alerts import notify
from analytics_ingest.orchestration.alerts.notify import DeliveryError
from analytics_ingest_tests.support.deployments import NOON, at, deploy
from analytics_ingest_tests.support.history import record_run
from analytics_ingest_tests.support.loads import declare, resource, utc
from analytics_ingest_tests.support.watches import Watch
from analytics_ingest_tests.support.webhooks import Receiver, Webhook

SETTING = "ANALYTICS_INGEST_NOTIFY_URLS"


@pytest.fixture
def watch(instance: dg.DagsterInstance) -> Watch:
    return Watch(deploy(declare(resource()), instance), "run_failed")


@pytest.fixture
def second(webhook: Webhook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Webhook:
    """A second service beside the first."""
    service = receiver.new()
    monkeypatch.setenv(SETTING, f"{webhook.url}, {service.url}")
    return service


def fail(watch: Watch, times: int = 1) -> list[str]:
    """Let runs fail; their ids."""
    deployment = watch.deployment
    event = DagsterEventType.RUN_FAILURE
    return [record_run(deployment.instance, deployment.job, event) for _ in range(times)]


def notified_runs(webhook: Webhook) -> list[str]:
    """The ids of the runs that a service was notified of, in order."""
    return [message.lines["run"].split()[0] for message in webhook.arrived]


def test_a_delivery_that_fails_fails_the_tick_and_the_next_one_delivers(
    watch: Watch, webhook: Webhook
) -> None:
    failed = fail(watch, 2)
    webhook.refuses_after = 0
    for _ in range(2):
        with pytest.raises(
            DeliveryError, match=f"the service of URL 1 of {SETTING} did not accept"
        ):
            watch.tick()
    webhook.refuses_after = None
    assert watch.tick() == "2 messages sent"
    assert watch.tick() == "nothing to report"
    assert notified_runs(webhook) == failed


def test_what_was_delivered_before_a_failure_is_not_sent_again(
    watch: Watch, webhook: Webhook
) -> None:
    failed = fail(watch, 3)
    webhook.refuses_after = 1
    said = watch.tick()
    assert said.startswith(f"1 message sent; the service of URL 1 of {SETTING} did not accept")
    with pytest.raises(DeliveryError):
        watch.tick()
    webhook.refuses_after = None
    assert watch.tick() == "2 messages sent"
    assert notified_runs(webhook) == failed


def test_a_service_that_is_down_neither_holds_up_the_others_nor_repeats_to_them(
    watch: Watch, webhook: Webhook, second: Webhook
) -> None:
    failed = fail(watch, 2)
    webhook.refuses_after = 0
    assert watch.tick().startswith("2 messages sent; the service of URL 1 of")
    with pytest.raises(DeliveryError, match="URL 1 of"):
        watch.tick()
    failed += fail(watch)
    assert watch.tick().startswith("1 message sent; ")
    assert notified_runs(second) == failed
    assert notified_runs(webhook) == []
    webhook.refuses_after = None
    assert watch.tick() == "3 messages sent"
    assert notified_runs(webhook) == notified_runs(second) == failed


def test_a_service_that_is_added_is_not_notified_of_the_past(
    watch: Watch, webhook: Webhook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(watch)
    watch.tick()
    added = receiver.new()
    monkeypatch.setenv(SETTING, f"{added.url},{webhook.url}")
    assert watch.tick() == "nothing to report"
    later = fail(watch)
    assert watch.tick() == "2 messages sent"
    assert notified_runs(added) == later


def test_a_service_that_never_worked_yet_is_notified_when_it_does(
    watch: Watch, webhook: Webhook
) -> None:
    watch.started = utc(2026, 1, 10, 11, 55).timestamp()
    webhook.refuses_after = 0
    with at(NOON):
        failed = fail(watch)
        with pytest.raises(DeliveryError):
            watch.tick()
    webhook.refuses_after = None
    with at(utc(2026, 1, 10, 18)):
        assert watch.tick() == "1 message sent"
    assert notified_runs(webhook) == failed


def test_a_slow_service_ends_the_tick_before_dagster_does(
    watch: Watch, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "SECONDS_A_TICK", 0.3)
    webhook.seconds = 0.4
    failed = fail(watch, 2)
    assert watch.tick() == "1 message sent; the next tick sends the rest"
    assert watch.tick() == "1 message sent"
    assert notified_runs(webhook) == failed


BAD = ["nonsense://s3cret-token@host", "slack://s3cret", "s3cret"]


@pytest.mark.parametrize("url", BAD)
def test_a_url_that_apprise_does_not_know_is_named_by_its_number(
    url: str,
    watch: Watch,
    webhook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv(SETTING, f"{webhook.url},{url}")
    failed = fail(watch)
    sentence = f"URL 2 of {SETTING} is not one that Apprise knows"
    with caplog.at_level(logging.DEBUG):
        assert watch.tick() == f"1 message sent; {sentence}"
        with pytest.raises(DeliveryError) as caught:
            watch.tick()
    assert str(caught.value) == sentence
    assert "s3cret" not in caplog.text
    assert "s3cret" not in (watch.cursor or "")
    assert notified_runs(webhook) == failed


def test_the_cursor_holds_no_url(watch: Watch, webhook: Webhook) -> None:
    fail(watch)
    watch.tick()
    assert watch.cursor
    assert webhook.url.rpartition("/")[0] not in watch.cursor


def test_a_service_that_takes_messages_is_not_logged_with_its_tokens(
    watch: Watch,
    webhook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    address = webhook.url.removeprefix("json://")
    monkeypatch.setenv(SETTING, f"json://s3cret-user:s3cret-password@{address}?key=s3cret-token")
    fail(watch)
    with caplog.at_level(logging.DEBUG):
        assert watch.tick() == "1 message sent"
    lines = [record.getMessage() for record in caplog.records if "uvicorn" not in record.name]
    assert any("JSON" in line for line in lines)
    assert "s3cret" not in "\n".join(lines)
