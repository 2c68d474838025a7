"""What of Airbyte's low-code language has a counterpart here, and the error where it has none."""

PENDING: dict[str, str] = {
    "several parents": "several parents",
}
"""Constructs that are emitted, but that no load understands yet."""


class UnsupportedError(Exception):
    """Why a stream cannot be converted, in a few words."""


def require(construct: str, detail: str) -> None:
    """Check that loads understand a construct.

    Raises:
        UnsupportedError: They do not yet.
    """
    if construct in PENDING:
        raise UnsupportedError(f"{PENDING[construct]} has no counterpart: {detail}")
