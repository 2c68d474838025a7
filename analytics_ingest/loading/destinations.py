"""How each destination is loaded best: what dlt says that it can do, and what is chosen of that.

Rows are merged by their key, so a destination that cannot do that is refused, before any API is
asked. Everything else here is dlt's own preference, but for the few choices that are written down.
"""

from dataclasses import dataclass

from dlt.common.destination import TLoaderFileFormat
from dlt.common.destination.capabilities import DestinationCapabilitiesContext
from dlt.common.schema.typing import TLoaderMergeStrategy

from analytics_ingest.loading.errors import SettingError

_FILE_FORMATS: dict[str, TLoaderFileFormat] = {"duckdb": "parquet"}
"""Where dlt prefers another than the best: DuckDB takes Parquet 4 to 10 times faster than text."""

_TAKE_COLUMNS = ("duckdb", "motherduck")
"""Where Parquet files are loaded as they are written here, without dlt looking at each row."""


@dataclass(frozen=True)
class LoadPlan:
    """How tables of a destination are written."""

    file_format: TLoaderFileFormat
    merge_strategy: TLoaderMergeStrategy
    takes_columns: bool = False
    """Parquet files are loaded as they are."""
    holds_nul: bool = True
    """Texts and JSON may hold the character NUL."""


def plan_load(api: str, kind: str, capabilities: DestinationCapabilitiesContext) -> LoadPlan:
    """Choose how to load an API into a destination of some kind.

    Raises:
        SettingError: The destination cannot be used.
    """
    file_format = _FILE_FORMATS.get(kind, capabilities.preferred_loader_file_format)
    if file_format is None:
        raise _refused(api, kind, "dlt can load it only through a staging area")
    offered = capabilities.supported_merge_strategies or ()
    if "delete-insert" not in offered:
        raise _refused(api, kind, "rows cannot be merged into it by their key")
    return LoadPlan(
        file_format,
        # Of several versions of a row in one load it keeps the newest; upsert would fail.
        merge_strategy="delete-insert",
        takes_columns=file_format == "parquet" and kind in _TAKE_COLUMNS,
        holds_nul=file_format != "insert_values" or "\0" in capabilities.escape_literal("\0"),
    )


def has_transactions(capabilities: DestinationCapabilitiesContext) -> bool:
    """Whether the statements of a merge can be one transaction.

    Most destinations tell dlt only that the statements which change tables can be.
    """
    told = capabilities.supports_transactions
    return bool(capabilities.supports_ddl_transactions if told is None else told)


def _refused(api: str, kind: str, problem: str) -> SettingError:
    return SettingError(
        f"{api}: the warehouse is {kind}, but {problem}; set "
        "DESTINATION__WAREHOUSE__DESTINATION_TYPE to one of those in docs/destinations.md"
    )
