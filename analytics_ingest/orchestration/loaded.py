"""What a step loaded, as its metadata and its checks tell it."""

from dataclasses import dataclass
from datetime import datetime

from analytics_ingest.common.window import Window


@dataclass(frozen=True)
class LoadedWindow:
    """A window that a run loaded."""

    window: Window
    partition_keys: tuple[str, ...]
    """Empty for a snapshot."""
    run_id: str
    at: datetime

    @property
    def is_complete(self) -> bool:
        """Whether the window had ended when it was loaded."""
        return self.window.end is None or self.window.end <= self.at
