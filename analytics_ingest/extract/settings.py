"""The settings of an API: its base URL, its secrets, and the values of `{settings.<name>}`.

dlt reads `sources.<api>.…` from the environment, `.dlt/secrets.toml` or `.dlt/config.toml`, inside
the step. An error about a missing setting names the setting and its environment variable.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import dlt
from requests.utils import get_auth_from_url

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.expressions.syntax import read_settings
from analytics_ingest.common.expressions.text import (
    Embedded,
    find_references,
    render,
    split_text,
)
from analytics_ingest.common.hosts import is_loopback
from analytics_ingest.common.json_tree import spell
from analytics_ingest.declaration.placeholders import SETTING
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.http.origin import find_origin

_MOST_DERIVED = 1_000
PLACEHOLDER_HOST = "api.example.com"


class SettingValues:
    """The values of `{settings.<name>}` in a declaration, each read once; all of them secret.

    A missing value is noted and taken as an empty text, so that one error names all of them.

    Args:
        defaults: Values of those that are not set.
    """

    def __init__(self, api: str, defaults: Mapping[str, Any] | None = None) -> None:
        self.api = api
        self._defaults = defaults or {}
        self.read: dict[str, str] = {}
        self.secrets: dict[str, str] = {}
        """The secrets of auth blocks that have been read, by their full key."""
        self.obtained: list[Callable[[], Iterable[str]]] = []
        """Functions that give the secrets that signers have obtained by now."""
        self._missing: dict[str, None] = {}
        self._derived: dict[str, None] = {}
        """What expressions have made of settings."""

    def list_secrets(self) -> Iterator[str]:
        """Yield all values that no text may show."""
        yield from (*self.read.values(), *self.secrets.values(), *self._derived)
        for obtained in self.obtained:
            yield from obtained()

    def get_value(self, name: str) -> str:
        """Return the setting `sources.<api>.<name>`, from anywhere that dlt looks for settings."""
        if name not in self.read:
            self.read[name] = self.require(f"sources.{self.api}.{name}", self._look_up(name))
        return self.read[name]

    def find_value(self, name: str) -> str | None:
        """Find the setting `sources.<api>.<name>`, None where it is not set."""
        if name not in self.read and self._look_up(name) in (None, ""):
            return None
        return self.get_value(name)

    def _look_up(self, name: str) -> Any:
        key = f"sources.{self.api}.{name}"
        value = _read_secret(key)
        if value is None:
            value = dlt.config.get(key)  # pyright: ignore[reportArgumentType] - as below
        return _spell(self._defaults.get(name)) if value is None else value

    def read_secret(self, key: str) -> str:
        """Read the secret under a full key; noted as missing if it is empty."""
        return self.require(key, self.find_secret(key))

    def find_secret(self, key: str) -> str | None:
        """Find the secret under a full key, None if it is not set."""
        value = _read_secret(key)
        if value in (None, ""):
            return None
        self.secrets[key] = str(value)
        return self.secrets[key]

    def read_placeholders(self, *parts: Any) -> dict[str, str]:
        """Read the values of all `{settings.<name>}` in parts of a declaration, by placeholder."""
        names = dict.fromkeys(SETTING.findall(str(parts)))
        return {f"settings.{name}": self.get_value(name) for name in names}

    def read_variables(self, *parts: Any) -> dict[str, Any]:
        """Read the settings that the expressions in parts of a declaration name."""
        names = find_references(parts).settings
        return read_settings(names, self) if names else {}

    def note_derived(self, value: str) -> None:
        """Note what an expression has made of settings: as secret as they are."""
        if len(self._derived) < _MOST_DERIVED:
            self._derived[value] = None

    def require(self, key: str, value: Any) -> str:
        """Return the value of a key as text; noted as missing if it is empty."""
        if value in (None, ""):
            self._missing[key] = None
            return ""
        return str(value)

    @property
    def borrowed(self) -> list[str]:
        """The secrets that were read from the section of another API."""
        return [key for key in self.secrets if not key.startswith(f"sources.{self.api}.")]

    @property
    def has_missing(self) -> bool:
        """Whether a setting that was needed so far is not set."""
        return bool(self._missing)

    def check(self) -> None:
        """Check that no value was missing so far.

        Raises:
            SettingError: Names all missing settings.
        """
        if self._missing:
            verb = "is" if len(self._missing) == 1 else "are"
            message = f"{self.api}: {', '.join(self._missing)} {verb} not set"
            raise SettingError(f"{message}; set {_describe_places(*self._missing)}")

    def fill(self, text: str, safe: str | None = None) -> str:
        """Return a text with its settings filled in.

        Args:
            safe: Characters that are not quoted; without it none is.

        Raises:
            ApiError: An expression in it cannot be evaluated.
        """
        return "".join(self._fill_parts(text, safe))

    def _fill_parts(self, text: str, safe: str | None) -> Iterator[str]:
        def quote_value(value: str) -> str:
            return value if safe is None else quote(value, safe=safe)

        for part in split_text(text):
            if isinstance(part, str):
                yield SETTING.sub(lambda match: quote_value(self.get_value(match[1])), part)
            else:
                yield quote_value(self._evaluate(part))

    def _evaluate(self, part: Embedded) -> str:
        from analytics_ingest.common.expressions.evaluate import evaluate

        values = self.read_variables(part.source)
        if self._missing:
            return ""  # `check` names all missing settings together.
        variables: dict[str, Any] = {"config": values, "settings": values}
        result = render(evaluate(part.source, variables, f"{self.api}: the expression"))
        if result not in part.source:
            self.note_derived(result)
        return result


def read_base_url(declaration: ApiDeclaration, settings: SettingValues) -> str:
    """Read the base URL: the setting `base_url`, otherwise the declaration's.

    Where the declared one names that setting, it is filled in there.

    Raises:
        SettingError: It is not an address, is still the placeholder, or is plain http.
    """
    key = f"sources.{declaration.name}.base_url"
    shown = declaration.declared.client.base_url
    is_filled = (
        "base_url" in SETTING.findall(shown) or "base_url" in find_references(shown).settings
    )
    if not is_filled:
        shown = dlt.config.get(key, str) or shown
    url = settings.fill(shown, safe=":/")
    target = find_origin(url)
    settings.obtained.append(lambda: get_auth_from_url(url))
    if target is None:
        if settings.has_missing:
            return url  # `check` names all missing settings together.
        raise SettingError(
            f"{declaration.name}: the base URL '{_without_userinfo(shown)}' is not an http or "
            f"https address; correct {_describe_places(key)}"
        )
    if target.host == PLACEHOLDER_HOST:
        raise SettingError(
            f"{declaration.name}: the base URL is still the placeholder "
            f"'{_without_userinfo(shown)}'; set {_describe_places(key)}"
        )
    if is_in_the_clear(url) and not declaration.declared.client.allow_http:
        raise SettingError(
            f"{declaration.name}: the base URL '{_without_userinfo(shown)}' is plain http, so the "
            f"key would be sent in the clear; set {_describe_places(key)} to an https address, or "
            "declare client.allow_http: true"
        )
    return url


def is_in_the_clear(url: str) -> bool:
    """Return whether requests to a URL are readable on the network: http to another machine."""
    target = find_origin(url)
    return target is not None and target.scheme == "http" and not is_loopback(target.host)


def _spell(value: Any) -> Any:
    """Return a declared value as the environment would hold it: lists and objects as JSON."""
    return json.dumps(value) if isinstance(value, list | dict) else spell(value)


def _read_secret(key: str) -> Any:
    # Without a type: as a secret, which dlt's traces leave out, and as it is written.
    return dlt.secrets.get(key)  # pyright: ignore[reportArgumentType] - dlt's own default


def name_variable(key: str) -> str:
    """Return the environment variable of a setting, given by its full name."""
    return key.replace(".", "__").upper()


def _describe_places(*keys: str) -> str:
    variables = ", ".join(map(name_variable, keys))
    sections: dict[str, list[str]] = {}
    for key in keys:
        section, _, name = key.rpartition(".")
        sections.setdefault(section, []).append(name)
    lines = [f"{', '.join(names)} under [{section}]" for section, names in sections.items()]
    return f"{variables} in the environment, or {' and '.join(lines)} in .dlt/secrets.toml"


def _without_userinfo(url: str) -> str:
    scheme, separator, rest = url.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2]
