"""The settings of an API, read from dlt's configuration inside the step.

They are its base URL, its secrets, and what takes the place of `{settings.<name>}`.
`sources.<api>.…` comes from the environment, `.dlt/secrets.toml` or `.dlt/config.toml`; a missing
one becomes a sentence that names the setting and its environment variable.
"""

from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

import dlt

from analytics_ingest.common.errors import SettingError
from analytics_ingest.declaration.models.auth import Auth
from analytics_ingest.declaration.placeholders import SETTING, setting_names
from analytics_ingest.declaration.resolve import ApiDeclaration
from analytics_ingest.extract.http.origin import origin

PLACEHOLDER_HOST = "api.example.com"

_DEFAULT_KEYS = {"token": "api_token"}


class SettingValues:
    """The values of `{settings.<name>}` in a declaration, each read once; all of them secret.

    One that is not set is noted and stands for an empty text: they are told together.
    """

    def __init__(self, api: str) -> None:
        self.api = api
        self.read: dict[str, str] = {}
        self._missing: dict[str, None] = {}

    def value(self, name: str) -> str:
        """The setting `sources.<api>.<name>`, from anywhere that dlt looks for settings."""
        if name not in self.read:
            key = f"sources.{self.api}.{name}"
            value = dlt.secrets.get(key)  # pyright: ignore[reportArgumentType] - see `secret`
            if value is None:
                value = dlt.config.get(key)  # pyright: ignore[reportArgumentType]
            self.read[name] = self.given(key, value)
        return self.read[name]

    def placeholders_in(self, *written: Any) -> dict[str, str]:
        """What takes the place of each `settings.<name>` that stands in what is written."""
        return {f"settings.{name}": self.value(name) for name in setting_names(written)}

    def given(self, key: str, value: Any) -> str:
        """The value of a key as it was read, noted if it is missing."""
        if value in (None, ""):
            self._missing[key] = None
            return ""
        return str(value)

    @property
    def has_missing(self) -> bool:
        """Whether a setting that was needed so far is not set."""
        return bool(self._missing)

    def check(self) -> None:
        """Refuse to go on without the settings that were needed so far.

        Raises:
            SettingError: Some are not set.
        """
        if self._missing:
            verb = "is" if len(self._missing) == 1 else "are"
            told = f"{self.api}: {', '.join(self._missing)} {verb} not set"
            raise SettingError(f"{told}; set {_where(*self._missing)}")

    def filled(self, text: str) -> str:
        """A text with its settings filled in as they are."""
        return SETTING.sub(lambda found: self.value(found[1]), text)


def base_url(declaration: ApiDeclaration, settings: SettingValues) -> str:
    """The base URL: the setting, else the declaration's; the placeholder is refused."""
    key = f"sources.{declaration.name}.base_url"
    shown = dlt.config.get(key, str) or declaration.declared.client.base_url
    url = SETTING.sub(lambda found: quote(settings.value(found[1]), safe=":/"), shown)
    target = origin(url)
    if target is None:
        if settings.has_missing:
            return url  # `check` names all missing settings together.
        raise SettingError(
            f"{declaration.name}: the base URL '{_without_userinfo(shown)}' is not an http or "
            f"https address; correct {_where(key)}"
        )
    if target.host == PLACEHOLDER_HOST:
        raise SettingError(
            f"{declaration.name}: the base URL is still the placeholder "
            f"'{_without_userinfo(shown)}'; set {_where(key)}"
        )
    if is_in_the_clear(url) and not declaration.declared.client.allow_http:
        raise SettingError(
            f"{declaration.name}: the base URL '{_without_userinfo(shown)}' is plain http, so the "
            f"key would be sent in the clear; set {_where(key)} to an https address, or declare "
            "client.allow_http: true"
        )
    return url


def is_in_the_clear(url: str) -> bool:
    """Whether what is sent there can be read on its way: plain http to another machine."""
    target = origin(url)
    return target is not None and target.scheme == "http" and not _is_loopback(target.host)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def secret(settings: SettingValues, name: str, auth: Auth) -> str:
    """A credential of an auth block: under the key that it names, else `sources.<api>.<name>`.

    An empty one that the declaration gives is what it is.
    """
    if getattr(auth, name) == "":
        return ""
    key = _key(settings.api, name, auth)
    # Without a type: as a secret, which dlt's traces leave out, and as it is written.
    value = dlt.secrets.get(key)  # pyright: ignore[reportArgumentType] - dlt's own default
    return settings.given(key, value)


def optional_secret(api: str, name: str, auth: Auth) -> str | None:
    """A credential that need not be set."""
    value = dlt.secrets.get(_key(api, name, auth))  # pyright: ignore[reportArgumentType]
    return None if value in (None, "") else str(value)


def _key(api: str, name: str, auth: Auth) -> str:
    return getattr(auth, name) or f"sources.{api}.{_DEFAULT_KEYS.get(name, name)}"


def _where(*keys: str) -> str:
    variables = ", ".join(key.replace(".", "__").upper() for key in keys)
    sections: dict[str, list[str]] = {}
    for key in keys:
        section, _, name = key.rpartition(".")
        sections.setdefault(section, []).append(name)
    lines = [f"{', '.join(names)} under [{section}]" for section, names in sections.items()]
    return f"{variables} in the environment, or {' and '.join(lines)} in .dlt/secrets.toml"


def _without_userinfo(url: str) -> str:
    scheme, separator, rest = url.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2]
