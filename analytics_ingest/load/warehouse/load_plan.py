"""How each destination is loaded best: what dlt says that it can do, and what is chosen of that.

Rows are merged by their key, so a destination that cannot do that is refused, before any API is
asked. Everything else here is dlt's own preference, but for the few choices that are written down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dlt.common.destination import TLoaderFileFormat
from dlt.common.destination.capabilities import DestinationCapabilitiesContext
from dlt.common.schema.typing import TTableFormat

from analytics_ingest.common.errors import SettingError
from analytics_ingest.declaration.resolve import ResourceDeclaration

FORMAT_SETTING = "DESTINATION__WAREHOUSE__TABLE_FORMAT"

_FILE_FORMATS: dict[str, TLoaderFileFormat] = {"duckdb": "parquet"}
"""Where dlt prefers another than the best: DuckDB takes Parquet 4 to 10 times faster than text."""

_TAKE_COLUMNS = ("duckdb", "motherduck")
"""Where Parquet files are loaded as they are written here, without dlt looking at each row."""


@dataclass(frozen=True)
class LoadPlan:
    """How tables of a destination are written."""

    kind: str
    file_format: TLoaderFileFormat
    merge_strategy: str
    """`delete-insert` keeps the newest of several versions of a row; for `upsert`, into the tables
    of a lake, a load holds each row once."""
    table_format: TTableFormat | None = None
    """`delta` or `iceberg` in a lake."""
    takes_columns: bool = False
    """Parquet files are loaded as they are."""
    holds_nul: bool = True
    """Texts and JSON may hold the character NUL."""
    offered: Mapping[TTableFormat | None, Sequence[str]] = field(default_factory=dict)
    """Table format → merge strategies, as dlt has them; None for the destination's own tables."""

    @property
    def is_lake(self) -> bool:
        """Whether rows are loaded into files that are tables."""
        return self.merge_strategy == "upsert"

    def check(self, resource: ResourceDeclaration) -> None:
        """Check what a declaration says of its table.

        Raises:
            SettingError: The destination has no such table.
        """
        declared = resource.declared
        table_format = declared.table_format or self.table_format
        if table_format not in self.offered:
            known = ", ".join(name for name in self.offered if name) or "none"
            raise self._refused(resource, "table_format", table_format, f"its formats are {known}")
        written = resource.write_disposition
        strategy = written.get("strategy") if isinstance(written, dict) else None
        usable = self.offered[table_format]
        # Whoever writes upsert gets what it means also where rows are deleted and inserted.
        wanted = self.merge_strategy if strategy in (None, "upsert") else strategy
        if resource.is_merged and wanted not in usable:
            problem = f"it merges by {', '.join(usable) or 'none'}"
            raise self._refused(resource, "strategy", strategy or table_format, problem)
        if self.is_lake and declared.merge_key:
            problem = "a lake replaces rows by their primary key alone; leave it out"
            raise self._refused(resource, "merge_key", declared.merge_key, problem)
        if self.is_lake and declared.max_table_nesting:
            problem = "what disappears from a nested table would stay in a lake; use 0"
            raise self._refused(resource, "max_table_nesting", declared.max_table_nesting, problem)

    def _refused(
        self, resource: ResourceDeclaration, key: str, found: object, problem: str
    ) -> SettingError:
        return SettingError(
            f"{resource.api}.{resource.name}: {key} is '{found}', but the warehouse is "
            f"{self.kind}: {problem}"
        )


def plan_load(
    api: str,
    kind: str,
    capabilities: DestinationCapabilitiesContext,
    table_format: str | None = None,
) -> LoadPlan:
    """Choose how to load an API into a destination of some kind.

    Args:
        table_format: As configured; without it the destination's own tables, or those of the first
            format in which it can merge.

    Raises:
        SettingError: The destination cannot be used.
    """
    offered = _offered(capabilities)
    if table_format and table_format not in offered:
        known = ", ".join(name for name in offered if name)
        allowed = f"set it to one of {known}" if known else "leave it out"
        raise SettingError(
            f"{api}: {FORMAT_SETTING} is '{table_format}', which {kind} does not have; {allowed}"
        )
    mergeable: dict[TTableFormat | None, str] = {
        name: strategy
        for name, strategies in offered.items()
        if table_format in (None, name) and (strategy := _strategy(strategies, name))
    }
    if not mergeable:
        raise _refused(api, kind, "rows cannot be merged into it by their key")
    chosen, merge_strategy = next(iter(mergeable.items()))
    file_format = _file_format(kind, capabilities, chosen)
    if file_format is None:
        raise _refused(api, kind, "dlt can load it only through a staging area")
    return LoadPlan(
        kind,
        file_format,
        merge_strategy,
        table_format=chosen,
        takes_columns=file_format == "parquet" and (kind in _TAKE_COLUMNS or bool(chosen)),
        holds_nul=file_format != "insert_values" or "\0" in capabilities.escape_literal("\0"),
        offered=offered,
    )


def has_transactions(capabilities: DestinationCapabilitiesContext) -> bool:
    """Whether the statements of a merge can be one transaction.

    Most destinations tell dlt only that the statements which change tables can be.
    """
    told = capabilities.supports_transactions
    return bool(capabilities.supports_ddl_transactions if told is None else told)


def _offered(
    capabilities: DestinationCapabilitiesContext,
) -> dict[TTableFormat | None, Sequence[str]]:
    strategies = capabilities.supported_merge_strategies or ()
    select = capabilities.merge_strategies_selector
    offered: dict[TTableFormat | None, Sequence[str]] = {}
    for name in (None, *(capabilities.supported_table_formats or ())):
        table: Any = {"table_format": name} if name else {}
        offered[name] = select(strategies, table_schema=table) if select else strategies
    return offered


def _strategy(offered: Sequence[str], table_format: str | None) -> str | None:
    """The strategy to merge by: an upsert only where a load can be made to hold each row once."""
    if "delete-insert" in offered:
        return "delete-insert"
    return "upsert" if table_format and "upsert" in offered else None


def _file_format(
    kind: str, capabilities: DestinationCapabilitiesContext, table_format: str | None
) -> TLoaderFileFormat | None:
    preferred = _FILE_FORMATS.get(kind, capabilities.preferred_loader_file_format)
    select = capabilities.loader_file_format_selector
    if select and table_format:
        table: Any = {"table_format": table_format}
        known = capabilities.supported_loader_file_formats
        preferred, _ = select(preferred, known, table_schema=table)
    return preferred


def _refused(api: str, kind: str, problem: str) -> SettingError:
    return SettingError(
        f"{api}: the warehouse is {kind}, but {problem}; set "
        "DESTINATION__WAREHOUSE__DESTINATION_TYPE to one of those in docs/destinations.md"
    )
