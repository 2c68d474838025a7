"""Names settings after what they take the place of, and says in one line what they are."""

import re

from analytics_ingest.common.words import split_words
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.openapi.words import to_singular
from analytics_ingest.convert.python.values import to_setting_name

VARIABLE = re.compile(r"\{([^{}]+)\}")
GENERAL = {"name", "key", "type", "slug", "code", "number", "value", "identifier"} | {
    *("id", "gid", "sid", "uuid", "guid", "uid")
}
"""Names that a variable of any kind may have."""
_OF_LOGINS = {"api_key", "api_token", "username", "password", "client_id", "client_secret"} | {
    *("refresh_token", "session_token", "secret_key", "passphrase", "base_url")
}


def name_setting(own: list[str]) -> str:
    """Return the name of a setting, none of those that a login reads."""
    name = to_setting_name("_".join(own))
    return f"request_{name}" if name in _OF_LOGINS else name


def name_path_setting(path: str, variable: str) -> str:
    """Return the setting for a variable; of one with a general name, after the part before it."""
    own = split_words(variable)
    before = path.partition(f"{{{variable}}}")[0].rstrip("/").rpartition("/")[2]
    if "_".join(own) in GENERAL and before and "{" not in before:
        own = [to_singular(to_valid_name(before)), *own]
    return name_setting(own)


def shorten(text: str, most: int = 100) -> str:
    """Return the first sentence of a text, on one line.

    Nothing of one that begins with a heading.
    """
    if text.startswith("#"):
        return ""
    first = re.split(r"(?<=[\w)`'\"]{2})\.\s", text, maxsplit=1)[0].rstrip(".")
    return first if len(first) <= most else f"{first[:most].rpartition(' ')[0]} …"
