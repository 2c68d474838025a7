"""Sends a message through Apprise, to the services that the setting names."""

import os

SETTING = "ANALYTICS_INGEST_NOTIFY_URLS"
UNSET = f"{SETTING} is not set, so nobody is told; set it to one or more Apprise URLs"


class DeliveryError(Exception):
    """A message did not reach every service."""


def notify_urls() -> list[str]:
    """The configured URLs, several separated by commas."""
    urls = os.environ.get(SETTING, "").split(",")
    return [url.strip() for url in urls if url.strip()]


def send(title: str, body: str) -> None:
    """Deliver a message to all configured services.

    Raises:
        DeliveryError: A URL is not one that Apprise knows, or a service did not take the message.
    """
    # Apprise knows a hundred services, and takes as many milliseconds to import.
    import apprise

    service = apprise.Apprise()
    for number, url in enumerate(notify_urls(), start=1):
        if not service.add(url):
            # The URL itself holds the service's secret.
            raise DeliveryError(f"URL {number} of {SETTING} is not one that Apprise knows")
    if not service.notify(title=title, body=body):
        raise DeliveryError(f"a service of {SETTING} did not take the message; see the log")
