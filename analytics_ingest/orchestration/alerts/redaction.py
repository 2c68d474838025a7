"""Takes the values of configured secrets out of a text, however they were written into it."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import tomlkit

from analytics_ingest.common.redaction import redact as redact_values
from analytics_ingest.orchestration.alerts.notify import configured_services
from analytics_ingest.orchestration.celery_settings import URL_SETTING

_SECTIONS = ("sources", "destination", "limits")
_PUBLIC = ("base_url", "destination_type")
_WORDS = {"files"}
"""What may stand in place of an address."""


def redact(text: str, secrets_file: Path = Path(".dlt/secrets.toml")) -> str:
    """Replace every configured secret, also where it is URL-encoded."""
    values = {*_from_environment(), *_from_file(secrets_file)} - _WORDS
    secrets = values | {password for value in values if (password := _password(value))}
    return redact_values(text, secrets)


def _password(value: str) -> str | None:
    """The password of a connection string, which drivers show without the rest."""
    try:
        password = urlsplit(value).password
    except ValueError:
        return None
    return unquote(password) if password else None


def _from_environment() -> Iterator[str]:
    for variable, value in os.environ.items():
        section, _, rest = variable.lower().partition("__")
        is_setting = section in _SECTIONS and not rest.endswith(_PUBLIC)
        if is_setting or variable == URL_SETTING:
            yield value
    yield from (service.url for service in configured_services())


def _from_file(path: Path) -> Iterator[str]:
    if path.exists():
        settings = tomlkit.parse(path.read_text()).unwrap()
        for section in _SECTIONS:
            yield from _leaves(settings.get(section, {}))


def _leaves(settings: Mapping[str, Any]) -> Iterator[str]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        elif key not in _PUBLIC:
            yield str(value)
