"""The names of keys as they are compared: in snake_case, whatever an API's own spelling is."""

import re
from functools import lru_cache

_RESULT = re.compile(r"(ret|return|result|resp|response|rsp|api|biz|sub)_(?=(code|msg|message)$)")
"""What some APIs write before the names of a code and its text."""


@lru_cache(maxsize=10_000)
def normalize_name(name: str) -> str:
    """Return a name as `normalize_names` does: once for all rows that have it."""
    return _RESULT.sub("", to_snake_case(name.lstrip("@").rpartition(":")[2]))


def to_snake_case(name: str) -> str:
    """Return a key in snake_case, in which the keys of errors are compared."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
