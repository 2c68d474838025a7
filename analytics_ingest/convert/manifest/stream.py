"""A stream that is converted: its resource, and what the API must have for it."""

from dataclasses import dataclass

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.auth.signing import Signing
from analytics_ingest.convert.manifest.cursors import Cursor
from analytics_ingest.convert.manifest.requests.partitions import Include


@dataclass
class Stream:
    """A stream that is converted."""

    resource: Json
    base_url: str
    signing: Signing
    fields: dict[str, str] | None
    descriptions: dict[str, str]
    """Of fields."""
    cursor: Cursor | None
    includes: list[Include]
    """What rows of its parents must carry."""

    @property
    def key_fields(self) -> list[str]:
        """The fields that its rows are merged or windowed by."""
        key = self.resource.get("primary_key") or []
        cursor = (self.resource["endpoint"].get("incremental") or {}).get("cursor_path")
        return [*([key] if isinstance(key, str) else key), *filter(None, [cursor])]

    @property
    def endpoints(self) -> list[Json]:
        """Its endpoint, and that of its changes."""
        changes = self.resource.get("changes")
        return [self.resource["endpoint"], *([changes["endpoint"]] if changes else [])]
