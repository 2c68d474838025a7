"""The targets of one URL, such as channels, each of which is notified as a service of its own.

Apprise says of a URL only whether all of its targets took a message. Sent again for one of them, it
would be sent again to all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from analytics_ingest.orchestration.alerts.notify import Service, list_services

_ONE_MESSAGE = ("mastodon", "mastodons", "toot", "toots", "dingtalk")
"""Schemas whose targets are all named in one message, though Apprise counts one for each."""

_ONE_TWEET = "tweet"
"""What the mode of X begins with where a URL posts instead of sending direct messages."""


def list_targets() -> list[Service]:
    """List the services of the setting, each with one target where its URL names several."""
    return [target for service in list_services() for target in _divide(service)]


@cache
def _divide(service: Service) -> Sequence[Service]:
    """Divide a service by the targets of its URL, if Apprise notifies each of them by itself.

    A comma may be part of one target, as of a name with an address. Several targets may be one
    message, as all devices of Pushover, or all who are mentioned in a status of Mastodon.
    """
    with service.redact_logs():
        settings = service.build_settings()
        named = settings.get("targets") if settings else None
        if not isinstance(named, list) or _is_one_message(settings or {}):
            return [service]
        texts = (text.strip() for each in named for text in str(each).split(","))
        targets = enumerate(dict.fromkeys(filter(None, texts)), 1)
        divided = [replace(service, target=target, place=place) for place, target in targets]
        counts = [_count_targets(each) for each in (service, *divided)]
    is_possible = len(divided) > 1 and counts == [len(divided), *(1 for _ in divided)]
    return divided if is_possible else [service]


def _is_one_message(settings: Mapping[str, Any]) -> bool:
    is_tweet = _ONE_TWEET.startswith(str(settings.get("mode") or "dm"))
    return settings.get("schema") in _ONE_MESSAGE or is_tweet


def _count_targets(service: Service) -> int:
    """Count the messages that Apprise sends for one; 0 where it does not know the service."""
    import apprise

    plugin = apprise.Apprise.instantiate(service.build_settings() or "")
    return len(plugin) if plugin is not None else 0
