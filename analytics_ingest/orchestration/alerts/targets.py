"""The targets of one URL, such as channels, each of which is notified as a service of its own.

Apprise says of a URL only whether all of its targets took a message. Sent again for one of them, it
would be sent again to all.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from analytics_ingest.orchestration.alerts.notify import Service, list_services


def list_targets() -> list[Service]:
    """List the services of the setting, each with one target where its URL names several."""
    return [target for service in list_services() for target in _divide(service)]


@cache
def _divide(service: Service) -> Sequence[Service]:
    """Divide a service by the targets of its URL, if Apprise takes each of them alone."""
    with service.redact_logs():
        settings = service.build_settings()
        named = settings.get("targets") if settings else None
        if not isinstance(named, list):
            return [service]
        texts = (text.strip() for each in named for text in str(each).split(","))
        targets = enumerate(dict.fromkeys(filter(None, texts)), 1)
        divided = [replace(service, target=target, place=place) for place, target in targets]
        is_possible = len(divided) > 1 and all(map(_is_one, divided))
    return divided if is_possible else [service]


def _is_one(service: Service) -> bool:
    import apprise

    plugin = apprise.Apprise.instantiate(service.build_settings() or "")
    return plugin is not None and len(plugin) == 1
