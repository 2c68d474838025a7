"""How requests are signed: one file for each type of authentication.

A new type is a new file here. It holds a subclass of `base.Auth` with a `name`, and its keys.
"""

from collections.abc import Mapping
from functools import cache

from analytics_ingest.auth.base import Auth
from analytics_ingest.common.declared_types import find_types


@cache
def list_auth_types() -> Mapping[str, type[Auth]]:
    """List every type by its name in a declaration, aliases included."""
    return find_types(__name__, __path__, Auth)
