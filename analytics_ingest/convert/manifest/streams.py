"""One stream of a manifest → a resource, with what its API must have for it."""

from collections.abc import Callable, Collection
from functools import partial

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.async_jobs import METHODS, AsyncRequests
from analytics_ingest.convert.manifest.auth.auth import read_auth
from analytics_ingest.convert.manifest.auth.signing import Signing
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.options import inject
from analytics_ingest.convert.manifest.connection import Connection
from analytics_ingest.convert.manifest.cursors import Cursor
from analytics_ingest.convert.manifest.paging.counting_cursor import COUNTING, send_start
from analytics_ingest.convert.manifest.paging.paging import SINGLE_PAGE, read_paginator
from analytics_ingest.convert.manifest.requests.graphql import simplify_query
from analytics_ingest.convert.manifest.requests.partitions import Partitions
from analytics_ingest.convert.manifest.requests.query_properties import (
    QueryProperties,
    drop_merge_key,
)
from analytics_ingest.convert.manifest.requests.requester import read_requester
from analytics_ingest.convert.manifest.rows.decoders import read_decoder
from analytics_ingest.convert.manifest.rows.error_handlers import ErrorHandling
from analytics_ingest.convert.manifest.rows.keys import read_key
from analytics_ingest.convert.manifest.rows.rows import (
    describe_kept_texts,
    read_selector,
    read_steps,
)
from analytics_ingest.convert.manifest.rows.schemas import (
    has_mixed_fields,
    list_field_names,
    read_descriptions,
    read_fields,
    rename_same_columns,
)
from analytics_ingest.convert.manifest.stream import Stream


class StreamReader:
    """Reads the streams of one manifest.

    Args:
        parent_of: Gives the name of the resource that lists the stream of a parent.
    """

    def __init__(
        self,
        api: str,
        connection: Connection,
        log: ConversionLog,
        parent_of: Callable[[Component], str],
    ) -> None:
        self._api = api
        self._connection = connection
        self._log = log
        self._parent_of = parent_of

    def read(self, name: str, stream: Component) -> Stream:
        """Convert a stream.

        Raises:
            UnsupportedError: It holds what has no counterpart.
        """
        stream.take("name")
        if stream.kind != "DeclarativeStream":
            raise UnsupportedError(f"{stream.kind} has no counterpart")
        retriever = stream.read_child("retriever", "SimpleRetriever")
        if retriever is None or retriever.kind not in ("SimpleRetriever", "AsyncRetriever"):
            kind = retriever.kind if retriever else "none"
            raise UnsupportedError(f"the retriever {kind} has no counterpart")
        converted = self._read(name, stream, retriever)
        simplify_query(converted.resource["endpoint"])
        if renamed := rename_same_columns(converted.fields or {}, converted.key_fields):
            converted.resource.setdefault("processing_steps", []).append({"rename": renamed})
            shown = ", ".join(f"{old} is {new}" for old, new in renamed.items())
            self._log.assume(name, f"{shown}, as another field has its column")
        if unread := next(stream.find_unread(), None):
            raise UnsupportedError(f"{unread} has no counterpart")
        if ignored := ", ".join(dict.fromkeys(stream.find_ignored())):
            self._log.assume(name, f"{ignored} is ignored, as by Airbyte")
        return converted

    def _read(self, name: str, stream: Component, retriever: Component) -> Stream:
        loaders = stream.read_children("schema_loader")
        fields, descriptions = read_fields(loaders), read_descriptions(loaders)
        partitions = self._read_partitions(name, retriever)
        sync = stream.read_child("incremental_sync", "DatetimeBasedCursor")
        cursor = Cursor(sync) if sync and sync.kind != COUNTING else None
        bounds = cursor.names if cursor else {}
        texts = Interpolation(self._connection, partitions.names | bounds, partitions.used.add)
        selector = _require(
            retriever.read_child("record_selector", "RecordSelector"), "record_selector"
        )
        rows = read_selector(selector, texts)
        properties = QueryProperties(name, self._parent_of, list_field_names(loaders))
        base, signing, endpoint = self._convert_request(name, retriever, texts, rows, properties)
        steps = read_steps(selector, stream.read_children("transformations"), texts)
        partitions.finish(endpoint, texts)
        if sync and not cursor:
            send_start(name, sync, endpoint, texts, self._log)
        key = drop_merge_key(endpoint, read_key(name, stream, steps, texts, self._log))
        incremental = cursor.read(endpoint, texts, name, self._log, steps) if cursor else None
        resource: Json = {"name": name, **({"primary_key": key} if key else {})}
        if cursor and incremental and not key:
            incremental = self._without_key(
                name,
                cursor,
                endpoint,
                incremental,
                is_whole=partitions.is_incremental or cursor.moves_with_changes,
            )
            resource |= {"write_disposition": "merge"} if incremental else {}
        elif cursor and incremental:
            self._assume_windows(name, cursor, incremental)
        endpoint["incremental"] = incremental
        for unused in ["its parent"] * partitions.is_unused + partitions.unused_lists:
            self._log.assume(name, f"no request holds {unused}, so it is listed once")
        resource |= {"processing_steps": steps} if steps else {}
        if partitions.is_incremental and not partitions.is_unused:
            resource["parents"] = "changed"
        self._assume_texts(
            name, describe_kept_texts(steps, fields or {}), has_mixed_fields(loaders)
        )
        resource["endpoint"] = endpoint
        return Stream(resource, base, signing, fields, descriptions, cursor, partitions.includes)

    def _read_partitions(self, name: str, retriever: Component) -> Partitions:
        """Read what a stream is listed for."""
        partitions = Partitions()
        for router in retriever.read_children("partition_router"):
            partitions.add(router, self._parent_of)
        for above in partitions.relate():
            self._log.assume(name, f"is listed for each row and its own {above}, not for all pairs")
        for parent in partitions.repeated:
            self._log.assume(name, f"is listed for each row of {parent}, not for all pairs of them")
        if partitions.lacks_changes:
            self._log.assume(name, "all parents are asked: their listing shows no changes")
        return partitions

    def _convert_request(
        self,
        name: str,
        retriever: Component,
        texts: Interpolation,
        rows: str,
        properties: QueryProperties,
    ) -> tuple[str, Signing, Json]:
        """Return the address, how requests are signed, and the endpoint.

        Args:
            rows: The path of the rows in a response.
        """
        if retriever.kind == "AsyncRetriever":
            convert = partial(self._convert_requester, name, texts, methods=METHODS)
            return AsyncRequests(name, texts, self._log, convert).read(retriever)
        requester = _require(retriever.read_child("requester", "HttpRequester"), "requester")
        base, signing, endpoint = self._convert_requester(
            name, texts, requester, properties=properties
        )
        paginator = retriever.read_child("paginator")
        assume = partial(self._log.assume, name)
        page = endpoint["paginator"] = read_paginator(paginator, endpoint, texts, assume)
        if paginator and paginator.kind == "DefaultPaginator" and page == SINGLE_PAGE:
            assume("its paginator sends no page token, so only one page is read")
        endpoint |= read_decoder(retriever.read_child("decoder"), rows)
        return base, signing, endpoint

    def _convert_requester(
        self,
        name: str,
        texts: Interpolation,
        requester: Component,
        methods: Collection[str] = ("GET", "POST"),
        properties: QueryProperties | None = None,
    ) -> tuple[str, Signing, Json]:
        """Return the address of a request, how it is signed, and its endpoint."""
        if requester.kind != "HttpRequester":
            raise UnsupportedError(f"the requester {requester.kind} has no counterpart")
        base, endpoint = read_requester(requester, texts, methods, properties)
        signing = read_auth(self._api, requester.read_child("authenticator"), texts, self._log)
        _sign(endpoint, signing)
        handling = ErrorHandling(name, texts, self._log)
        endpoint |= handling.read(requester.read_child("error_handler", "DefaultErrorHandler"))
        return base, signing, endpoint

    def _assume_windows(self, name: str, cursor: Cursor, incremental: Json) -> None:
        """Report windows that have rows as they were, where Airbyte loads them again."""
        if cursor.keeps_old_versions:
            reason = f"a row is loaded with the window of its {incremental['cursor_path']} only"
            self._log.assume(name, f"{reason}; if rows change later, declare incremental: null")

    def _assume_texts(self, name: str, kept: str, has_mixed: bool) -> None:
        """Report texts that are numbers in Airbyte."""
        if kept:
            self._log.assume(name, f"{kept}; Airbyte makes a number of one that looks like it")
        if has_mixed:
            self._log.assume(name, "a field that may be a text or a number is loaded as a text")

    def _without_key(
        self, name: str, cursor: Cursor, endpoint: Json, incremental: Json, *, is_whole: bool
    ) -> Json | None:
        """Keep the windows of a stream without a key, or make a snapshot of it."""
        if not is_whole:
            replaced = "a load replaces the rows of its window"
            self._log.assume(name, f"has a cursor but no primary key: {replaced}")
            return incremental
        bounds = {"start_param", "end_param"} & set(incremental)
        is_sent = "incremental." in str(endpoint) or bounds
        if is_sent and not cursor.send_whole_window(endpoint, incremental):
            raise UnsupportedError("it has a cursor, but no primary key to merge its rows by")
        self._log.assume(name, "has a cursor but no primary key: it is loaded whole each time")
        return None


def _require(component: Component | None, key: str) -> Component:
    if component is None:
        raise UnsupportedError(f"the stream has no {key}")
    return component


def _sign(endpoint: Json, signing: Signing) -> None:
    """Add the headers and params that sign a request."""
    for option, value in signing.fields.items():
        inject(endpoint, option, value)
