"""Takes from the prose what a login sends, where the configuration names only its settings.

{username, password}, and a block {"email": "<username>", "password": "<password>", "app": "web"}
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import ASSUMED_BODY, FROM_TEXT
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.logins import make_setting
from analytics_ingest.convert.normalize.placeholders import SETTING
from analytics_ingest.convert.prose.requests.login_bodies import read_login_bodies
from analytics_ingest.convert.python.values import to_setting_name

_PLACE = (None, "client.auth.login_json")
_SHOWN = re.compile(
    r"\W*(?:(?:config|settings|(?:dlt\.)?secrets)\W+)?(?:your[ _-]?)?"
    r"(?P<name>[A-Za-z][\w -]*)\W*"
)
_PLACEHOLDER = re.compile(r"<.*>|\{.*\}|\$\{?\w.*|\[.*\]|%.*%|(?i:your[ _-].*)|\.{3}|\u2026|\*+")
_PASSWORD = re.compile(r"pass(?:word|wd|phrase|code)?|pwd|user_?password", re.IGNORECASE)
_USER = re.compile(
    r"(?:user|account|login)?_?(?:name|id)|user|login|e?_?mail(?:_?address)?", re.IGNORECASE
)


def infer_login_body(draft: Draft, document: Document) -> None:
    """Fill the body of a login of which only the settings are configured, or log that it is open.

    Without another word it sends them under the names of the configuration.
    """
    if draft.log.comments.get(_PLACE) != ASSUMED_BODY:
        return
    auth = draft.client["auth"]
    shown = read_login_bodies(document)
    bodies = [_fill(body, auth["login_json"]) for body in shown]
    if len(bodies) == 1 and bodies[0]:
        (auth["login_json"],) = bodies
        reason = f"the login sends {', '.join(bodies[0])} as JSON, as the prose says"
        draft.log.assume(None, reason, key=_PLACE[1], comment=FROM_TEXT)
        return
    names = ", ".join(auth["login_json"])
    rest = "; the text shows another body: declare login_json" if shown else ""
    draft.log.assume(None, f"that the login sends {names} as JSON is assumed{rest}")


def _fill(body: Mapping[str, Any], assumed: Mapping[str, str]) -> dict[str, Any] | None:
    """Fill a body with the settings of a login; None where it is not clear where each goes."""
    filled = {key: _fill_value(key, value, assumed) for key, value in body.items()}
    is_whole = {*assumed.values()} <= {str(value) for value in filled.values()}
    return filled if is_whole and None not in filled.values() else None


def _fill_value(key: str, value: Any, assumed: Mapping[str, str]) -> Any:
    """Return the setting that a value stands for, else the literal; None where neither is clear."""
    if isinstance(value, bool | int | float):
        return _find_setting([key], assumed) or value
    if value is not None and not isinstance(value, str):
        return None
    is_open = value is None or _PLACEHOLDER.fullmatch(value) is not None
    shown = _SHOWN.fullmatch(value) if value and is_open else None
    names = [to_setting_name(shown["name"])] if shown else []
    if setting := _find_setting([*names, key], assumed):
        return setting
    if value is None or ("{" in value and not is_open):
        return None
    return f"{{settings.{names[0]}}}" if names else make_setting(key, "" if is_open else value)


def _find_setting(names: list[str], assumed: Mapping[str, str]) -> str | None:
    """Find the setting of one of some names, else that of the password or of the user."""
    settings = {name: value for value in assumed.values() for name in SETTING.findall(value)}
    if named := next((settings[name] for name in names if name in settings), None):
        return named
    if any(map(_PASSWORD.fullmatch, names)):
        return assumed.get("password")
    users = [value for key, value in assumed.items() if key != "password"]
    return users[0] if len(users) == 1 and any(map(_USER.fullmatch, names)) else None
