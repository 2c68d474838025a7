"""A message that a service rejects for good holds up no later one; a service that is down does."""

from dataclasses import replace

import dagster as dg
import pytest
from dagster import DagsterEventType

from analytics_ingest.orchestration.alerts.notify import DeliveryError, Service
from analytics_ingest.orchestration.alerts.targets import list_targets
from analytics_ingest_tests.support.deployments import deploy
from analytics_ingest_tests.support.history import record_run
from analytics_ingest_tests.support.loads import declare, resource
from analytics_ingest_tests.support.watches import Watch
from analytics_ingest_tests.support.webhooks import Receiver, Webhook

SETTING = "ANALYTICS_INGEST_NOTIFY_URLS"
TITLE = "an alert without its details"


@pytest.fixture
def watch(instance: dg.DagsterInstance) -> Watch:
    return Watch(deploy(declare(resource()), instance), "run_failed")


def fail(watch: Watch, *partitions: str) -> list[str]:
    """Let the run of each partition fail; their ids."""
    deployment = watch.deployment
    return [
        record_run(
            deployment.instance,
            deployment.job,
            DagsterEventType.RUN_FAILURE,
            tags={"dagster/partition": partition},
        )
        for partition in partitions
    ]


def named_runs(webhook: Webhook) -> list[str]:
    """The ids of the runs that a service was notified of, with or without details."""
    lines = [message.lines for message in webhook.arrived]
    return [(line.get("run") or line["see"]).split()[0] for line in lines]


@pytest.mark.parametrize("status", [400, 403, 413, 422])
def test_a_message_that_is_rejected_is_sent_without_details_and_the_later_ones_follow(
    status: int, watch: Watch, webhook: Webhook
) -> None:
    webhook.minds, webhook.status = "2026-01-06", status
    failed = fail(watch, "2026-01-05", "2026-01-06", "2026-01-07")
    said = watch.tick()
    assert said.startswith(
        f"3 messages sent; the service of URL 1 of {SETTING} rejected a message with status "
        f"{status}, which was sent without its details: see: {failed[1]}"
    )
    assert named_runs(webhook) == failed
    assert [title == TITLE for title in webhook.titles] == [False, True, False]
    assert webhook.arrived[1].kind == "failure"
    assert watch.tick() == "nothing to report"


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_service_that_cannot_take_a_message_now_gets_it_later_with_its_details(
    status: int, watch: Watch, webhook: Webhook
) -> None:
    webhook.minds, webhook.status = "2026-01-05", status
    failed = fail(watch, "2026-01-05", "2026-01-06")
    for _ in range(2):
        with pytest.raises(DeliveryError):
            watch.tick()
    webhook.minds = ""
    assert watch.tick() == "2 messages sent"
    assert named_runs(webhook) == failed
    assert TITLE not in webhook.titles


@pytest.mark.parametrize("status", [401, 404])
def test_a_service_that_rejects_every_message_loses_none(
    status: int, watch: Watch, webhook: Webhook
) -> None:
    webhook.refuses_after, webhook.status = 0, status
    failed = fail(watch, "2026-01-05", "2026-01-06")
    for _ in range(2):
        with pytest.raises(DeliveryError, match="did not accept the message"):
            watch.tick()
    webhook.refuses_after = None
    assert watch.tick() == "2 messages sent"
    assert named_runs(webhook) == failed
    assert TITLE not in webhook.titles


def test_targets_of_one_url_do_not_get_again_what_another_target_rejects(
    watch: Watch, webhook: Webhook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = receiver.new()
    refusing.refuses_after, refusing.status = 0, 403
    monkeypatch.setenv(SETTING, receiver.join(webhook, refusing))
    failed = fail(watch, "2026-01-05")
    problem = f"the service of target 2 of URL 1 of {SETTING} did not accept the message"
    assert watch.tick().startswith(f"1 message sent; {problem}")
    with pytest.raises(DeliveryError, match=problem):
        watch.tick()
    refusing.refuses_after = None
    assert watch.tick() == "1 message sent"
    assert named_runs(webhook) == named_runs(refusing) == failed
    assert TITLE not in webhook.titles + refusing.titles


URLS = {
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#a/#b": ["#a", "#b"],
    "ntfys://localhost/a/b": ["a", "b"],
    "mailto://user:pass@example.com?to=a@x.com,b@x.com": ["a@x.com", "b@x.com"],
    "mailto://user:pass@example.com?to=a@x.com": [""],
    # A comma in the name of a recipient.
    "mailto://user:pass@example.com?to=Doe%2C%20John%3Ca@x.com%3E,b@x.com": [""],
    "mailto://user:pass@example.com?to=Doe%2C%20John%3Ca@x.com%3E": [""],
    # All devices are one message.
    f"pover://{'u' * 30}@{'a' * 30}/phone/tablet": [""],
    # All who are mentioned are in one status.
    "mastodon://token@localhost/@a/@b": [""],
    "toots://token@localhost/@a/@b": [""],
    "dingtalk://abcdefgh12345/15551231234/15551231235": [""],
    "tweet://a/b/c/d/@a/@b": [""],
    "x://a/b/c/d/@a/@b?mode=tweet": [""],
    "x://a/b/c/d/@a/@b": ["@a", "@b"],
}


@pytest.mark.usefixtures("receiver")
@pytest.mark.parametrize("url", URLS)
def test_a_url_is_divided_if_each_part_is_one_message(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The setting separates URLs by commas, and Apprise takes an encoded one as well.
    monkeypatch.setenv(SETTING, url.replace(",", "%2C"))
    assert [service.target for service in list_targets()] == URLS[url]


def test_a_url_that_is_divided_goes_on_where_it_was() -> None:
    whole = Service(1, "ntfy://localhost/a/b")
    target = replace(whole, target="a", place=1)
    assert target.find_own({whole.key: 7}, 9) == 7
    assert target.find_own({whole.key: 7, target.key: 8}, 9) == 8
    assert target.find_own({}, 9) == 9
