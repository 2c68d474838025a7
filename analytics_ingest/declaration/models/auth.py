"""The auth block: how requests are signed. It never holds a secret itself."""

from analytics_ingest.auth import auth_types
from analytics_ingest.declaration.models.typed_block import flat_block


class Auth(flat_block("Auth", auth_types(), default="bearer"), defer_build=False):
    """How requests are authenticated; the secret itself is read from dlt's configuration."""

    types = auth_types()
