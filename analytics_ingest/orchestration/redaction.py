"""Takes the values of configured secrets out of a text, however they were written into it."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import tomlkit

HIDDEN = "***"
_SECTIONS = ("sources", "destination")
_PUBLIC = ("base_url", "destination_type")
_SHORTEST = 4
"""Shorter values are too likely to be ordinary text."""


def redact(text: str, secrets_file: Path = Path(".dlt/secrets.toml")) -> str:
    """Replace every configured secret, also where it is URL-encoded."""
    for secret in sorted({*_from_environment(), *_from_file(secrets_file)}, key=len, reverse=True):
        for written in (secret, quote(secret, safe=""), quote_plus(secret)):
            text = text.replace(written, HIDDEN)
    return text


def _from_environment() -> Iterator[str]:
    for variable, value in os.environ.items():
        section, _, rest = variable.lower().partition("__")
        if section in _SECTIONS and not rest.endswith(_PUBLIC) and len(value) >= _SHORTEST:
            yield value


def _from_file(path: Path) -> Iterator[str]:
    if path.exists():
        settings = tomlkit.parse(path.read_text()).unwrap()
        for section in _SECTIONS:
            yield from _leaves(settings.get(section, {}))


def _leaves(settings: Mapping[str, Any]) -> Iterator[str]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _leaves(value)
        elif key not in _PUBLIC and len(str(value)) >= _SHORTEST:
            yield str(value)
