"""Loads REST APIs into a warehouse: declarations in `defs`, run by Dagster, loaded by dlt."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics_ingest.components import DynamicRestApi, RestApi

__all__ = ["DEFS", "DynamicRestApi", "RestApi"]

DEFS = Path(__file__).with_name("defs")
"""The folder of the checkout that holds a folder for each API; an installed wheel has none."""


def __getattr__(name: str) -> Any:
    """Import a component when it is asked for: Dagster takes a second to import."""
    if name not in ("DynamicRestApi", "RestApi"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from analytics_ingest import components

    return getattr(components, name)


def __dir__() -> list[str]:
    return [*globals(), "DynamicRestApi", "RestApi"]
