"""The auth block: how requests are signed. It never holds a secret itself."""

from analytics_ingest.auth import list_auth_types
from analytics_ingest.declaration.models.typed_block import build_flat_block


class Auth(build_flat_block("Auth", list_auth_types(), default="bearer"), defer_build=False):
    """How requests are authenticated; the secret itself is read from dlt's configuration."""

    types = list_auth_types()
