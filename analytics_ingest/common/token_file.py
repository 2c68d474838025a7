"""Keeps the newest tokens of an OAuth2 server that gives a new refresh token with each token.

The token in the settings is dead after its first use, so the next run needs the newest one. Runs
share a file, which only its owner can read, and one of them at a time asks for a token.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from analytics_ingest.common.project import make_private_folder
from analytics_ingest.common.warehouse_settings import get_data_dir


@dataclass(frozen=True)
class Tokens:
    """What a token server gives."""

    token: str | None = None
    expires_at: float = 0.0
    """Seconds since the epoch."""
    refresh_token: str | None = None


class TokenFile:
    """The newest tokens that began with one refresh token of the settings.

    Args:
        api: The API's name.
        origin: What the tokens belong to: another refresh token in the settings starts over.
    """

    def __init__(self, api: str, *origin: str) -> None:
        digest = hashlib.sha256("\0".join(origin).encode()).hexdigest()
        self.path = get_data_dir() / "tokens" / f"{api}-{digest[:16]}.json"

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the file for a block: no other run reads or writes it meanwhile."""
        from filelock import FileLock

        make_private_folder(self.path.parent)
        with FileLock(self.path.with_suffix(".lock"), mode=0o600):
            yield

    def read(self) -> Tokens:
        """Read the tokens as they were written; empty if there are none."""
        try:
            return Tokens(**json.loads(self.path.read_text()))
        except FileNotFoundError:
            return Tokens()

    def write(self, tokens: Tokens) -> None:
        """Replace the tokens; a process that dies meanwhile leaves the old ones."""
        new = self.path.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(tokens), file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)
