"""The resolved declaration: what every other part of the project reads of an API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics_ingest.common.cursor import build_reader
from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.common.jsonpaths import read_field_name
from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.field_lists import FieldList
from analytics_ingest.declaration.field_rules import Mask, OwnCheck
from analytics_ingest.declaration.fields import Field
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.models.job import list_filled_parts
from analytics_ingest.declaration.models.resource import Resource
from analytics_ingest.declaration.models.schedule import Partitions
from analytics_ingest.declaration.parents import END_PLACEHOLDER, INCREMENTAL_PLACEHOLDERS, Parent
from analytics_ingest.declaration.value_lists import Values

CURSOR_COLUMN = "_cursor"
"""Holds the cursor as a timestamp if no column of the row does, to compare versions of a row."""

AS_OF = "_as_of"
"""Holds the moment whose state a row shows, if the resource has `changes`."""


@dataclass(frozen=True)
class ResourceDeclaration:
    """One resource with everything that its load and its asset need."""

    api: str
    name: str
    declared: Resource
    endpoint: Endpoint
    path: str
    parents: tuple[Parent, ...]
    """The resources whose rows ask for its listings: one for each set of a row of each."""
    each: Mapping[str, Values]
    """Names in the request that are filled with one value after the other."""
    primary_key: tuple[str, ...]
    fields: Mapping[str, Field]
    required: tuple[str, ...]
    partitions: Partitions
    field_list: FieldList | None = None
    sequence: str | None = None
    """JSONPath of a number or text that is greater in newer versions of a row of a snapshot."""
    masks: tuple[Mask, ...] = ()
    checks: tuple[OwnCheck, ...] = ()
    parents_margin: timedelta = timedelta()
    """How much longer the `end_margin` of a parent, or of its parents, is than its own."""
    full_reading_due: bool = False
    """This load reads all rows, to see which are gone: see `deletes.every`."""
    confirmed_deletes: int = 0
    """How many rows may be marked as deleted, even if they exceed `max_share`."""
    changes: "ResourceDeclaration | None" = None
    """The same resource as it is read from its listing of changes."""
    reads_changes: bool = False
    """This load reads that listing: see `declaration.changes`."""
    listed_as_of: datetime | None = None
    """This load reads the whole endpoint instead; its rows show the state of this moment."""

    @property
    def place(self) -> Place:
        """Where errors about the resource belong."""
        return Place(self.api, self.name)

    @property
    def parent(self) -> Parent | None:
        """The parent, the first one if there are several."""
        return self.parents[0] if self.parents else None

    @property
    def table(self) -> str:
        """The name of the table in the API's dataset."""
        return self.name if self.declared.table_name is None else self.declared.table_name

    @property
    def incremental(self) -> Incremental | None:
        """The cursor, or None for a snapshot."""
        return self.endpoint.incremental

    @property
    def earlier(self) -> timedelta:
        """How much earlier every window begins than its partitions."""
        return self.parents_margin + (self.incremental.earlier if self.incremental else timedelta())

    @property
    def column_hints(self) -> dict[str, Any]:
        """dlt's own hints of columns, by field; dlt itself refuses those of another form."""
        columns = self.declared.columns
        if isinstance(columns, list):
            columns = {c["name"]: c for c in columns if isinstance(c, Mapping) and "name" in c}
        hints = columns.items() if isinstance(columns, Mapping) else ()
        return {str(n): hint for n, hint in hints if isinstance(hint, Mapping)}

    @property
    def descriptions(self) -> dict[str, str]:
        """Field → its description, if it has one; that of `columns` wins."""
        texts = {name: field.description for name, field in self.fields.items()}
        for name, hint in self.column_hints.items():
            texts[name] = str(hint.get("description") or texts.get(name, ""))
        return {name: text for name, text in texts.items() if text}

    @property
    def not_null(self) -> tuple[str, ...]:
        """Fields that must not be null: the warehouse takes them, and the `schema` check fails."""
        hinted = (n for n, hint in self.column_hints.items() if hint.get("nullable") is False)
        return tuple(dict.fromkeys((*self.required, *hinted)))

    @property
    def cursor_column(self) -> str | None:
        """The column that holds the cursor as a timestamp; None for a snapshot."""
        if self.incremental is None:
            return None
        name = read_field_name(self.incremental.cursor_path)
        return name if name and self._is_timestamp(name) else CURSOR_COLUMN

    def _is_timestamp(self, column: str) -> bool:
        """Return whether a cursor column is a timestamp, as declared or by the cursor's format."""
        declared = self.fields[column].data_type if column in self.fields else None
        if hint := self.column_hints.get(column, {}).get("data_type") or declared:
            return hint == "timestamp"
        cursor_format = self.incremental.cursor_format if self.incremental else "epoch_s"
        return not cursor_format.startswith("epoch_")

    @property
    def version_column(self) -> str | None:
        """The column that is greater in the newer of two versions of a row; None for a snapshot.

        A listing shows the present state of rows that changed long ago, and a change shows that of
        its own moment. So the cursor does not tell which of the two is newer.
        """
        return AS_OF if self.changes else self.cursor_column

    @property
    def cursor_zone(self) -> ZoneInfo:
        """The zone of cursors and bounds that name none."""
        return ZoneInfo((self.incremental and self.incremental.timezone) or "UTC")

    @property
    def day_zone(self) -> ZoneInfo:
        """The zone in which a cursor that is a date is a day."""
        return ZoneInfo(self.partitions.timezone)

    @property
    def first_start(self) -> datetime | None:
        """The declared `initial_value`; None where there is none, or it cannot be read."""
        value = self.incremental.initial_value if self.incremental else None
        if value is None or self.incremental is None:
            return None
        if isinstance(value, date):
            value = value.isoformat()  # YAML reads dates that are not quoted.
        zones = self.cursor_zone, self.day_zone
        formats = (self.incremental.cursor_format, self.incremental.param_format, "iso8601")
        moments = (build_reader(cursor_format, *zones)(value) for cursor_format in formats)
        return next((moment for moment in moments if moment), None)

    @property
    def window_placeholders(self) -> set[str]:
        """The placeholders of the window that the request holds."""
        text = str(self.sent_parts)
        names = {name for name in INCREMENTAL_PLACEHOLDERS if f"{{{name}}}" in text}
        bounds = find_references(self.sent_parts).bounds
        return names | {f"incremental.{bound}_value" for bound in bounds}

    @property
    def sent_parts(self) -> list[Any]:
        """The parts of a request that may hold placeholders and expressions, a job's included."""
        endpoint = self.endpoint
        own = [self.path, endpoint.params, endpoint.headers, endpoint.json_body, endpoint.data]
        return [*own, *list_filled_parts(endpoint.job.dump_declared())] if endpoint.job else own

    @property
    def sent_names(self) -> list[str]:
        """The parameters and placeholders in which the request holds the window."""
        own = self.incremental
        params = (own.start_param, own.end_param) if own else ()
        return [*filter(None, params), *sorted(self.window_placeholders)]

    @property
    def sends_start(self) -> bool:
        """Whether the request holds the start of the window."""
        param = self.incremental and self.incremental.start_param
        return bool(param or self.window_placeholders - {END_PLACEHOLDER})

    @property
    def sends_end(self) -> bool:
        """Whether the request holds the end of the window."""
        param = self.incremental and self.incremental.end_param
        return bool(param) or END_PLACEHOLDER in self.window_placeholders

    @property
    def inherited(self) -> dict[str, str]:
        """Column → the field of the parent's row that it holds."""
        if self.parent is None:
            return {}
        fields = self.declared.include_from_parent
        return {f"_{self.parent.resource}_{field}": field for field in fields}

    @property
    def added_columns(self) -> list[str]:
        """The columns of a row that the API did not send: of the parent, and of listed values."""
        columns = [self.endpoint.params[name].get("column") for name in self.each]
        return [*self.inherited, *filter(None, columns)]

    @property
    def write_disposition(self) -> Any:
        """merge wherever there is a key to merge on; a snapshot without one is replaced."""
        return self.declared.write_disposition or ("merge" if self.primary_key else "replace")

    @property
    def is_merged(self) -> bool:
        """Whether loaded rows replace those of their key, rather than the whole table."""
        kind = self.write_disposition
        return (kind.get("disposition") if isinstance(kind, Mapping) else kind) == "merge"

    @property
    def replaces_window(self) -> bool:
        """Whether a load replaces the rows of its window, because its rows have no key."""
        return self.is_merged and not self.primary_key

    @property
    def strategy(self) -> str | None:
        """The declared strategy of a merge."""
        kind = self.write_disposition
        return kind.get("strategy") if isinstance(kind, Mapping) else None

    @property
    def has_history(self) -> bool:
        """Whether the table keeps each version of a row."""
        return self.strategy == "scd2"


@dataclass(frozen=True)
class ApiDeclaration:
    """One API: its name, what was declared, and its resources, parents first."""

    name: str
    declared: Api
    resources: Mapping[str, ResourceDeclaration]

    @property
    def tables(self) -> list[ResourceDeclaration]:
        """The resources that are loaded, as opposed to read for their children only."""
        return [r for r in self.resources.values() if r.declared.selected]
