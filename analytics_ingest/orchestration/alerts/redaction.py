"""Redacts the values of all configured secrets in a text, URL-encoded ones included."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import tomlkit

from analytics_ingest.common.redaction import redact
from analytics_ingest.orchestration.alerts.notify import list_services
from analytics_ingest.orchestration.celery_settings import URL_SETTING

_SECTIONS = ("sources", "destination", "limits")
_PUBLIC_SETTINGS = ("base_url", "destination_type")
_PUBLIC_VALUES = {"files"}
"""Words that are allowed in place of an address."""


def redact_configured_secrets(text: str, project: Path) -> str:
    """Redact every secret that the environment or the project's secrets file holds."""
    secrets_file = project / ".dlt" / "secrets.toml"
    values = {*_read_environment(), *_read_file(secrets_file)} - _PUBLIC_VALUES
    passwords = {password for value in values if (password := _find_password(value))}
    return redact(text, values | passwords)


def _find_password(value: str) -> str | None:
    """Find the password of a connection string, which drivers show on its own."""
    try:
        password = urlsplit(value).password
    except ValueError:
        return None
    return unquote(password) if password else None


def _read_environment() -> Iterator[str]:
    for variable, value in os.environ.items():
        section, _, rest = variable.lower().partition("__")
        is_setting = section in _SECTIONS and not rest.endswith(_PUBLIC_SETTINGS)
        if is_setting or variable == URL_SETTING:
            yield value
    yield from (service.url for service in list_services())


def _read_file(path: Path) -> Iterator[str]:
    if path.exists():
        settings = tomlkit.parse(path.read_text()).unwrap()
        for section in _SECTIONS:
            yield from _iterate_leaves(settings.get(section, {}))


def _iterate_leaves(settings: Mapping[str, Any]) -> Iterator[str]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _iterate_leaves(value)
        elif key not in _PUBLIC_SETTINGS:
            yield str(value)
