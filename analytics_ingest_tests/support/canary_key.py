"""A key that must not leave its API, and the ways to send it; the fixture `canary_key` sets it."""

import pytest

KEY = "canary-key-1"
IN_HEADER = {"type": "api_key", "name": "X-API-Key", "location": "header"}
IN_QUERY = {"type": "api_key", "name": "key", "location": "query"}
BEARER = {"type": "bearer"}

AUTHS = pytest.mark.parametrize(
    "auth", [IN_HEADER, IN_QUERY, BEARER], ids=["header", "query", "bearer"]
)
