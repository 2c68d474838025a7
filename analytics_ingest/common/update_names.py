"""Whether a field's name says that it holds the moment of its row's last update.

`updated_at` does. `password_changed_at` is the moment of a part's update, and `merchant_created_at`
that of no update: a cursor of either would miss later ones.
"""

import re

from analytics_ingest.common.words import split_words

_UPDATE = re.compile(
    r"(last)?(updat|modif|chang|edit)(e|ed|es|ied|ication|ification)?(at|on|date|time)?|mtime|modstamp"
)
_BESIDE = frozenset(
    (
        *("at", "on", "date", "time", "timestamp", "datetime", "utc", "gmt", "ts", "ms", "unix"),
        *("epoch", "seconds", "millis", "iso", "last", "latest"),
        *("row", "record", "entity", "object", "item", "entry", "sys", "system", "server", "db"),
        *("meta", "when", "dt", "tz", "string"),
    )
)
"""Words that may go with an update without making it one of a part."""


def names_update(field: str, resource: str) -> bool:
    """Return whether a field is named after the last update of a row of a resource."""
    own = {*split_words(resource), *(word.removesuffix("s") for word in split_words(resource))}
    own |= {f"{word[:-3]}y" for word in own if word.endswith("ies")}
    words = split_words(field)
    updates = [word for word in words if _UPDATE.fullmatch(word)]
    return bool(updates) and {*words} <= {*updates, *_BESIDE, *own}
