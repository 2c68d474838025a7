"""Plans how to load a destination: what dlt says that it can do, and our choice of that.

Rows are merged by their key, so a destination that cannot merge is an error, before any API is
called. All else is dlt's own preference, apart from the choices in the constants below.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from dlt.common.configuration.container import Container
from dlt.common.destination import TLoaderFileFormat
from dlt.common.destination.capabilities import DestinationCapabilitiesContext
from dlt.common.schema import Schema
from dlt.common.schema.typing import TTableFormat

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.common.errors import SettingError
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.rows.column_types import build_column_name
from analytics_ingest.load.rows.imported_files import FileFormat

FORMAT_SETTING = "DESTINATION__WAREHOUSE__TABLE_FORMAT"

_FILE_FORMATS: dict[str, TLoaderFileFormat] = {"duckdb": "parquet"}
"""Where dlt's preference is slower: DuckDB loads Parquet 4 to 10 times faster than text."""

_IMPORTS: dict[str, FileFormat] = {"duckdb": "parquet", "motherduck": "parquet", "postgres": "csv"}
"""Destinations that load our files unchanged, without dlt looking at each row."""

_KEEPING_DELETED = ("duckdb", "motherduck", "postgres")
"""Destinations for which tests cover deleted rows and histories."""

_Offered = Mapping[TTableFormat | None, Sequence[str]]
"""Table format → merge strategies; None for the destination's own tables."""


@dataclass(frozen=True)
class LoadPlan:
    """How to load the tables of a destination."""

    kind: str
    file_format: TLoaderFileFormat
    merge_strategy: str
    """`delete-insert` keeps the newest of several versions of a row. `upsert`, into the tables of
    a lake, needs a load that holds each row once."""
    table_format: TTableFormat | None = None
    """`delta` or `iceberg` in a lake."""
    is_lake: bool = False
    """The tables are files."""
    imports: FileFormat | None = None
    """The format of our files that are loaded unchanged; None where dlt looks at each row."""
    holds_nul: bool = True
    """Texts and JSON may hold the character NUL."""
    column_name: Callable[[str], str] = to_snake_case
    """The name of a field's column."""
    offered: _Offered = field(default_factory=dict)
    """The table formats and merge strategies that dlt has for the destination."""

    @property
    def changes_rows(self) -> bool:
        """Whether stored rows may be changed by statements of our own."""
        return self.kind in _KEEPING_DELETED

    def check(self, resource: ResourceDeclaration) -> None:
        """Check that the destination can hold a resource's table as declared.

        Raises:
            SettingError: It cannot.
        """
        table_format = resource.declared.table_format or self.table_format
        if table_format not in self.offered:
            allowed = ", ".join(name for name in self.offered if name) or "none"
            raise self._build_error(
                resource, "table_format", table_format, f"its formats are {allowed}"
            )
        if resource.is_merged:
            self._check_strategy(resource, table_format)
        if self.is_lake:
            self._check_lake_keys(resource)
        if not self.changes_rows:
            self._check_deletes(resource)

    def _check_strategy(
        self, resource: ResourceDeclaration, table_format: TTableFormat | None
    ) -> None:
        declared = resource.strategy
        # A declared upsert means the same by delete-insert, which the plan may prefer.
        strategy = self.merge_strategy if declared in (None, "upsert") else declared
        allowed = self.offered[table_format]
        if strategy not in allowed:
            problem = f"it merges by {', '.join(allowed) or 'none'}"
            raise self._build_error(resource, "strategy", declared or table_format, problem)

    def _check_deletes(self, resource: ResourceDeclaration) -> None:
        """Refuse what changes stored rows where no test shows that it changes the right ones."""
        problem = "that works only in DuckDB and PostgreSQL; remove it"
        if deletes := resource.declared.deletes:
            raise self._build_error(resource, "deletes", deletes.column or "remove", problem)
        if resource.has_history:
            raise self._build_error(resource, "strategy", "scd2", problem)
        if resource.changes:
            raise self._build_error(resource, "changes", "declared", problem)
        if resource.replaces_window:
            problem = "rows without a primary_key are merged only in DuckDB and PostgreSQL"
            raise self._build_error(
                resource, "write_disposition", "merge", f"{problem}; declare the key"
            )

    def _check_lake_keys(self, resource: ResourceDeclaration) -> None:
        declared = resource.declared
        if declared.merge_key:
            problem = "a lake replaces rows only by their primary key; remove it"
            raise self._build_error(resource, "merge_key", declared.merge_key, problem)
        if declared.max_table_nesting:
            problem = "a lake would keep rows of nested tables that their parents no longer have"
            nesting = declared.max_table_nesting
            raise self._build_error(resource, "max_table_nesting", nesting, f"{problem}; use 0")

    def _build_error(
        self, resource: ResourceDeclaration, key: str, value: object, problem: str
    ) -> SettingError:
        return SettingError(
            f"{resource.api}.{resource.name}: {key} is '{value}', but the warehouse is "
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
        table_format: As configured. By default the destination's own tables, or those of its first
            format that can be merged into.

    Raises:
        SettingError: The destination cannot be used.
    """
    offered = _list_offered_formats(capabilities)
    if table_format:
        _check_format(api, kind, table_format, offered)
    mergeable = _list_mergeable_formats(offered, table_format)
    if not mergeable:
        raise _build_error(api, kind, "rows cannot be merged into it by their key")
    chosen_format, merge_strategy = next(iter(mergeable.items()))
    file_format = _choose_file_format(kind, capabilities, chosen_format)
    if file_format is None:
        raise _build_error(api, kind, "dlt can load it only through a staging area")
    return LoadPlan(
        kind,
        file_format,
        merge_strategy,
        table_format=chosen_format,
        is_lake=merge_strategy == "upsert",
        imports="parquet" if chosen_format and file_format == "parquet" else _IMPORTS.get(kind),
        column_name=_get_naming(api, capabilities),
        holds_nul=file_format != "insert_values" or "\0" in capabilities.escape_literal("\0"),
        offered=offered,
    )


def _get_naming(api: str, capabilities: DestinationCapabilitiesContext) -> Callable[[str], str]:
    """Return dlt's names of columns, as a schema has them in the destination."""
    with Container().injectable_context(capabilities):
        return partial(build_column_name, normalize=Schema(api).naming.normalize_path)


def _list_offered_formats(capabilities: DestinationCapabilitiesContext) -> _Offered:
    strategies = capabilities.supported_merge_strategies or ()
    select = capabilities.merge_strategies_selector
    offered: dict[TTableFormat | None, Sequence[str]] = {}
    for name in (None, *(capabilities.supported_table_formats or ())):
        table: Any = {"table_format": name} if name else {}
        offered[name] = select(strategies, table_schema=table) if select else strategies
    return offered


def _check_format(api: str, kind: str, table_format: str, offered: _Offered) -> None:
    if table_format not in offered:
        formats = ", ".join(name for name in offered if name)
        action = f"set it to one of {formats}" if formats else "unset it"
        raise SettingError(
            f"{api}: {FORMAT_SETTING} is '{table_format}', which {kind} does not have; {action}"
        )


def _list_mergeable_formats(
    offered: _Offered, table_format: str | None
) -> dict[TTableFormat | None, str]:
    """List table format → the strategy to merge by, for each that rows can be merged into."""
    return {
        name: strategy
        for name, strategies in offered.items()
        if table_format in (None, name) and (strategy := _choose_strategy(strategies, name))
    }


def _choose_strategy(offered: Sequence[str], table_format: str | None) -> str | None:
    """Choose the strategy to merge by: upsert only into a lake if each row is loaded once."""
    if "delete-insert" in offered:
        return "delete-insert"
    return "upsert" if table_format and "upsert" in offered else None


def _choose_file_format(
    kind: str, capabilities: DestinationCapabilitiesContext, table_format: str | None
) -> TLoaderFileFormat | None:
    preferred = _FILE_FORMATS.get(kind, capabilities.preferred_loader_file_format)
    select = capabilities.loader_file_format_selector
    if select and table_format:
        table: Any = {"table_format": table_format}
        supported = capabilities.supported_loader_file_formats
        preferred, _ = select(preferred, supported, table_schema=table)
    return preferred


def _build_error(api: str, kind: str, problem: str) -> SettingError:
    return SettingError(
        f"{api}: the warehouse is {kind}, but {problem}; set "
        "DESTINATION__WAREHOUSE__DESTINATION_TYPE to one of those in docs/destinations.md"
    )
