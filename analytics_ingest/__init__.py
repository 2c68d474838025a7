"""Loads REST APIs into a warehouse: declarations in `defs`, run by Dagster, loaded by dlt."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics_ingest.components.rest_api import RestApi

__all__ = ["DEFS", "RestApi"]

DEFS = Path(__file__).with_name("defs")
"""The folder of the checkout that holds a folder for each API; an installed wheel has none."""


def __getattr__(name: str) -> Any:
    """Import the component when it is asked for: Dagster takes a second to import."""
    if name != "RestApi":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from analytics_ingest.components.rest_api import RestApi

    return RestApi


def __dir__() -> list[str]:
    return [*globals(), "RestApi"]
