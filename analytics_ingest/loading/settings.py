"""The settings of an API, read from dlt's configuration inside the step: base URL and secrets.

`sources.<api>.…` comes from the environment, `.dlt/secrets.toml` or `.dlt/config.toml`; a missing
one becomes a sentence that names the setting and its environment variable.
"""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

import dlt

from analytics_ingest.config.auth import Auth
from analytics_ingest.config.declaration import ApiDeclaration
from analytics_ingest.loading.errors import SettingError

PLACEHOLDER_HOST = "api.example.com"

_DEFAULT_KEYS = {"token": "api_token"}


def base_url(declaration: ApiDeclaration) -> str:
    """The base URL: the setting, else the declaration's; the placeholder is refused."""
    key = f"sources.{declaration.name}.base_url"
    url = dlt.config.get(key, str) or declaration.declared.client.base_url
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or not _has_valid_port(parts):
        raise SettingError(
            f"{declaration.name}: the base URL '{_without_userinfo(url)}' is not an http or https "
            f"address; correct {_where(key)}"
        )
    if parts.hostname == PLACEHOLDER_HOST:
        raise SettingError(
            f"{declaration.name}: the base URL is still the placeholder "
            f"'{_without_userinfo(url)}'; set {_where(key)}"
        )
    if parts.scheme == "http" and not (
        _is_loopback(parts.hostname) or declaration.declared.client.allow_http
    ):
        raise SettingError(
            f"{declaration.name}: the base URL '{_without_userinfo(url)}' is plain http, so the "
            f"key would be sent in the clear; set {_where(key)} to an https address, or declare "
            "client.allow_http: true"
        )
    return url


def _has_valid_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def secret(api: str, name: str, auth: Auth) -> str:
    """A credential of an auth block: under the key that it names, else `sources.<api>.<name>`."""
    key = getattr(auth, name) or f"sources.{api}.{_DEFAULT_KEYS.get(name, name)}"
    # Without a type: as a secret, which dlt's traces leave out, and as it is written.
    value = dlt.secrets.get(key)  # pyright: ignore[reportArgumentType] - dlt's own default
    if value in (None, ""):
        raise SettingError(f"{api}: {key} is not set; set {_where(key)}")
    return str(value)


def _where(key: str) -> str:
    section, _, name = key.rpartition(".")
    variable = key.replace(".", "__").upper()
    return f"{variable} in the environment, or {name} under [{section}] in .dlt/secrets.toml"


def _without_userinfo(url: str) -> str:
    scheme, separator, rest = url.rpartition("://")
    return scheme + separator + rest.rpartition("@")[2]
