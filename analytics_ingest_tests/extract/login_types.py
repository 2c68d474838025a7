"""The types of auth that log in: the least that each declares, and the settings that it needs."""

from typing import Any

import pytest

TYPES: dict[str, tuple[str, dict[str, Any]]] = {
    "login": ("login_url", {"token_path": "token", "login_json": {"key": "{settings.password}"}}),
    "session_token": ("login_url", {"session_token_response_key": "token"}),
    "oauth2": ("access_token_url", {"access_token_path": "token"}),
    "oauth2_jwt_bearer": ("access_token_url", {"access_token_path": "token", "algorithm": "HS256"}),
}
"""Each type → the key of its address, and the keys beside it; the token is at `token`."""

EACH_TYPE = pytest.mark.parametrize("kind", TYPES)


def auth_of(kind: str, url: str = "token", **more: Any) -> dict[str, Any]:
    """An auth block of a type that logs in at `url`."""
    key, keys = TYPES[kind]
    return {"type": kind, key: url, **keys, **more}


def set_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what all types need."""
    for name in ("USERNAME", "PASSWORD", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", "canary-password")
    monkeypatch.setenv("SOURCES__DEMO__SECRET_KEY", "canary-" + "k" * 40)
