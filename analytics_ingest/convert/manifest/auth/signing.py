"""How the requests of a stream are signed, and the settings that auth blocks name."""

from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.auth import list_auth_types
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.options import Option
from analytics_ingest.convert.normalize.placeholders import SETTING

AUTHORIZATION = "Authorization"
LITERAL = "the key is a literal in the manifest"


@dataclass
class Signing:
    """How the requests of a stream are signed."""

    auth: Json | None = None
    fields: dict[Option, Any] = field(default_factory=dict)
    """Where a request carries a value → the value."""


def build_secret_key(api: str, kind: str, key: str, text: str) -> Json:
    """Build the key of an auth block that reads a secret: nothing where it is the usual setting.

    Raises:
        UnsupportedError: It is a literal secret.
    """
    if match := SETTING.fullmatch(text):
        usual = list_auth_types()[kind].keys.secrets[key].setting
        return {} if usual == match[1] else {key: f"sources.{api}.{match[1]}"}
    if is_literal(text):
        raise UnsupportedError(LITERAL)
    return {key: text}


def is_literal(text: str) -> bool:
    """Return whether a text names no setting."""
    return "settings." not in text and "config" not in text


def read_needed_text(item: Component, key: str, texts: Interpolation) -> str:
    """Read a text of an authenticator, its settings as placeholders or in expressions."""
    return texts.convert_text(item.take_text(key) or "", item.parameters)
