"""Checks the blocks whose keys depend on their type: auth and paginator."""

import re
from collections.abc import Iterable, Mapping

from analytics_ingest.common.expressions.syntax import problem_of
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.models.auth import Auth
from analytics_ingest.declaration.models.paginator import Paginator
from analytics_ingest.declaration.models.types import AUTH_KEYS, PAGINATOR_KEYS, SECRETS

_SECRET_REFERENCE = re.compile(r"sources(\.[A-Za-z_][A-Za-z0-9_]*)+")

_REQUIRED = {
    "oauth2_client_credentials": {"access_token_url": "where tokens are given"},
    "session_token": {
        "login_url": "where username and password are sent",
        "session_token_response_key": "where the answer to the login holds the token",
    },
}
_GRANT_TYPES = ("client_credentials", "refresh_token")


def check_auth(api: str, resource: str | None, key: str, auth: Auth | None) -> None:
    """Check an auth block; the value of a secret is never part of the message."""
    if auth is None:
        return
    if auth.type not in AUTH_KEYS:
        raise DeclarationError(api, resource, f"{key}.type", _unknown(auth.type, AUTH_KEYS))
    _check_keys(api, resource, key, auth, AUTH_KEYS)
    for name in SECRETS:
        value = getattr(auth, name)
        if (name, value) == ("password", ""):
            continue  # Nothing is secret about a password that is not sent.
        if value is not None and not _SECRET_REFERENCE.fullmatch(value):
            raise DeclarationError(
                api,
                resource,
                f"{key}.{name}",
                "holds a literal secret; leave it out and set it as sources."
                f"{api}.{'api_token' if name == 'token' else name}, in the environment or in "
                ".dlt/secrets.toml",
            )
    for name, what in _REQUIRED.get(auth.type, {}).items():
        if not getattr(auth, name):
            raise DeclarationError(api, resource, f"{key}.{name}", f"is required; declare {what}")
    if auth.grant_type not in (None, *_GRANT_TYPES):
        raise DeclarationError(
            api, resource, f"{key}.grant_type", _unknown(auth.grant_type, _GRANT_TYPES)
        )


def check_paginator(api: str, resource: str | None, key: str, paginator: Paginator | None) -> None:
    """Check that the type is known and each key belongs to it."""
    if paginator is None:
        return
    if paginator.type not in PAGINATOR_KEYS:
        raise DeclarationError(
            api, resource, f"{key}.type", _unknown(paginator.type, PAGINATOR_KEYS)
        )
    _check_keys(api, resource, key, paginator, PAGINATOR_KEYS)
    for one, other in (
        ("offset_param", "offset_body_path"),
        ("limit_param", "limit_body_path"),
        ("page_param", "page_body_path"),
        ("cursor_param", "cursor_body_path"),
        ("start_from_page", "base_page"),
    ):
        if getattr(paginator, one) is not None and getattr(paginator, other) is not None:
            raise DeclarationError(
                api, resource, f"{key}.{other}", f"stands beside {one}; remove one of them"
            )
    for name in ("cursor_value", "stop_condition"):
        text = getattr(paginator, name)
        if text is not None and (problem := problem_of(text)):
            raise DeclarationError(api, resource, f"{key}.{name}", problem)


def _check_keys(
    api: str,
    resource: str | None,
    key: str,
    written: Auth | Paginator,
    allowed: Mapping[str, tuple[str, ...]],
) -> None:
    kind = written.type
    for name, value in written.declared().items():
        if name != "type" and name not in allowed[kind] and value is not None:
            keys = ", ".join(allowed[kind])
            hint = f"allowed are {keys}" if keys else "it has no further keys"
            raise DeclarationError(
                api, resource, f"{key}.{name}", f"does not belong to {kind}; {hint}"
            )


def _unknown(value: str, allowed: Iterable[str]) -> str:
    return f"'{value}' is unknown; allowed are {', '.join(allowed)}"
