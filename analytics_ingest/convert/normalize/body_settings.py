"""Sends settings in JSON bodies as what they read as: a number, a boolean, a list.

dlt and Airbyte both do so with a value of the configuration. A placeholder is a text, and so stay
those that hold secrets: a key of digits is not a number.
"""

import re
from typing import Any

from analytics_ingest.common.json_tree import Path, map_leaves
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.normalize.placeholders import SETTING
from analytics_ingest.convert.normalize.secrets import is_secret_name

_TEXTS = re.compile(r"(?:^|_)(?:pin|pwd|pw|pass\w*|otp|\w*code|phone|zip|version)$", re.IGNORECASE)
"""Names of texts that may be digits alone."""


def interpret_body_settings(draft: Draft) -> None:
    """Write settings that are values of JSON bodies as expressions."""
    for endpoint in (draft.shared, *(resource["endpoint"] for resource in draft.resources)):
        if "json" in endpoint:
            endpoint["json"] = map_leaves(endpoint["json"], _interpret)


def _interpret(path: Path, leaf: Any) -> Any:
    match = SETTING.fullmatch(leaf) if isinstance(leaf, str) else None
    names = (match["name"], path[-1]) if match and path else ()
    if match is None or any(is_secret_name(n) or _TEXTS.search(n) for n in names):
        return leaf
    # `{{ settings.x }}` would be a text in braces.
    return f"{{{{ config['{match['name']}'] }}}}"
