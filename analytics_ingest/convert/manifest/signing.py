"""How the requests of a stream are signed, and the settings that auth blocks name."""

import re
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.auth import auth_types
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.interpolation import Interpolation
from analytics_ingest.convert.manifest.options import Option

SETTING = re.compile(r"\{settings\.(\w+)\}")
AUTHORIZATION = "Authorization"


@dataclass
class Signing:
    """How the requests of a stream are signed."""

    auth: Json | None = None
    fields: dict[Option, Any] = field(default_factory=dict)
    """Where a request carries a value → the value."""


def named_setting(item: Component, key: str, texts: Interpolation) -> str:
    """The setting that a key names alone."""
    value = texts.text(item.take_text(key) or "", item.parameters)
    if match := SETTING.fullmatch(value):
        return match[1]
    raise UnsupportedError(f"{item.kind}.{key} is more than a setting")


def secret_key(api: str, kind: str, key: str, setting: str) -> Json:
    """The key of an auth block that names its setting, where that is not the usual one."""
    usual = auth_types()[kind].keys.secrets[key].setting
    return {} if usual == setting else {key: f"sources.{api}.{setting}"}
