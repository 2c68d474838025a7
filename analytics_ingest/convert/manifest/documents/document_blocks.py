"""Blocks of manifests that a document holds as they are → the keys of a declaration.

The readers of manifests read them: selectors, filters, transformations, decoders and error
handlers, and steps that are written as a transformation. What has no counterpart is logged, and
the rest of the block is kept.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import NO_STATUSES
from analytics_ingest.convert.draft import Draft, Json, add_actions
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.connection import Connection
from analytics_ingest.convert.manifest.documents.document_decoders import translate_decoder
from analytics_ingest.convert.manifest.rows.error_handlers import ErrorHandling
from analytics_ingest.convert.manifest.rows.rows import (
    Step,
    convert_condition,
    convert_step,
    read_path,
    read_selector,
)
from analytics_ingest.convert.normalize.structure import list_keys
from analytics_ingest.convert.normalize.transformations import (
    find_condition,
    is_transformation,
    normalize_transformation,
)
from analytics_ingest.declaration.airbyte.response_filters import RETRIED
from analytics_ingest.declaration.models.endpoint import ErrorHandler

_ROWS = ("record_filter", "transformations", "transform_before_filtering")
_HANDLERS = ("CompositeErrorHandler", "DefaultErrorHandler")
_OF_HANDLERS = {"error_handlers", "backoff_strategies"}


def translate_document_blocks(draft: Draft) -> None:
    """Translate the blocks of the defaults and of each resource."""
    shared = _Holder(None, draft.defaults, draft.shared, draft)
    shared_rows = shared.translate({})
    for resource in draft.resources:
        holder = _Holder(resource["name"], resource, resource["endpoint"], draft)
        rows = holder.translate(draft.shared)
        if rows:
            holder.add_steps({**shared_rows, **rows})
        elif shared_rows and "processing_steps" in resource:
            holder.add_steps(shared_rows)
    shared.add_steps(shared_rows)


class _Holder:
    """The defaults or a resource, with its endpoint.

    Args:
        name: The resource; None for the defaults.
    """

    def __init__(self, name: str | None, resource: Json, endpoint: Json, draft: Draft) -> None:
        self._name, self._resource, self._endpoint = name, resource, endpoint
        self._log = draft.log
        self._texts = Interpolation(Connection({}), {})

    def translate(self, shared: Json) -> Json:
        """Translate all blocks but those of rows, which are returned as written.

        Args:
            shared: The endpoint of the defaults, translated; empty for the defaults.
        """
        steps = self._resource.get("processing_steps")
        if isinstance(steps, list):
            own = [step for item in steps for step in self._read_step(item)]
            self._resource["processing_steps"] = own
            if not own:
                del self._resource["processing_steps"]
        for holder in (self._resource, self._endpoint):
            self._attempt(holder, "record_selector", self._take_selector)
        translate_decoder(self._name, self._endpoint, self._log)
        handler = self._endpoint.get("error_handler")
        if isinstance(handler, Mapping):
            if _OF_HANDLERS & handler.keys() or handler.get("type") in _HANDLERS:
                self._attempt(self._endpoint, "error_handler", self._take_handler)
            self._complete_handler(shared.get("error_handler"))
        return {
            key: holder.pop(key)
            for holder in (self._endpoint, self._resource)
            for key in _ROWS
            if key in holder
        }

    def add_steps(self, rows: Json) -> None:
        """Add the steps of a filter and of transformations, in Airbyte's order."""
        condition = [step for item in _list(rows, "record_filter") for step in self._filter(item)]
        changes = [step for item in _list(rows, "transformations") for step in self._change(item)]
        is_last = rows.get("transform_before_filtering") is True
        if steps := [*changes, *condition] if is_last else [*condition, *changes]:
            own = self._resource.get("processing_steps")
            before = own if isinstance(own, list) else []
            self._resource["processing_steps"] = [*before, *steps]

    def _take_selector(self, block: Component) -> None:
        block.kind, read = "RecordSelector", read_selector
        if "field_path" in block.data:
            block.kind, read = "DpathExtractor", read_path
        path = read(block, self._texts)
        self._endpoint.setdefault("data_selector", path)
        for key in _ROWS:
            if (value := block.take(key)) is not None:
                self._resource.setdefault(key, value)

    def _take_handler(self, block: Component) -> None:
        own = {key: block.take(key) for key in list_keys(ErrorHandler) if key in block.data}
        ours = {k: v for k, v in own.items() if k not in ("max_retries", "response_filters")}
        if "error_handlers" in block.data:
            block.kind = "CompositeErrorHandler"
        keys = ErrorHandling(self._name or "", self._texts, self._log).read(block)
        handler = {**keys.pop("error_handler", {}), **ours}
        if actions := keys.pop("response_actions", []):
            add_actions(self._endpoint, actions)
        self._endpoint["error_handler"] = handler

    def _complete_handler(self, shared: Any) -> None:
        """Add the statuses that are tried again to a handler that names none."""
        handler = self._endpoint.get("error_handler")
        if not isinstance(handler, dict) or handler.get("retry_on_status_codes"):
            return
        if handler.get("response_filters"):
            return
        statuses = shared.get("retry_on_status_codes") if isinstance(shared, Mapping) else None
        actions = self._endpoint.get("response_actions") or []
        others = [action.get("status_code") for action in actions if isinstance(action, Mapping)]
        retried = [code for code in statuses or RETRIED if code not in others]
        handler["retry_on_status_codes"] = retried
        if not statuses:
            codes = ", ".join(map(str, retried))
            self._log.assume(self._name, f"requests are tried again on {codes}: {NO_STATUSES}")

    def _read_step(self, item: Any) -> list[Any]:
        """Read a step that is written as Airbyte's; another one stays as it is."""
        if not isinstance(item, Mapping) or not is_transformation(item):
            return [item]
        condition, others = find_condition(item)
        if condition and others:
            reason = f"a filter with {', '.join(sorted(others))} has no counterpart"
            self._log.leave_out(self._name, "processing_steps", reason)
            return []
        return self._filter(condition) if condition else self._change(item)

    def _filter(self, raw: Any) -> list[Step]:
        block = {"condition": raw} if isinstance(raw, str) else raw
        selector = Component({"record_filter": block}, {}, "RecordSelector")
        return self._convert("record_filter", selector, convert_condition)

    def _change(self, raw: Any) -> list[Step]:
        if not isinstance(raw, Mapping):
            self._log.leave_out(self._name, "transformations", "an item is not an object")
            return []
        item = normalize_transformation(raw)
        key = f"transformations{_name_added(item)}"
        return self._convert(key, Component(item, {}), convert_step)

    def _convert(
        self,
        key: str,
        block: Component,
        convert: Callable[[Component, Interpolation], list[Step]],
    ) -> list[Step]:
        try:
            steps = convert(block, self._texts)
        except UnsupportedError as error:
            self._log.leave_out(self._name, key, str(error))
            return []
        self._log_unread(block)
        return steps

    def _attempt(self, holder: Json, key: str, take: Callable[[Component], None]) -> None:
        """Translate the block of a key; one that has no counterpart is logged."""
        block = holder.get(key)
        if not isinstance(block, Mapping):
            return
        del holder[key]
        component = Component(block, {})
        try:
            take(component)
        except UnsupportedError as error:
            self._log.leave_out(self._name, key, str(error))
        else:
            self._log_unread(component)

    def _log_unread(self, block: Component) -> None:
        for key in block.find_unread():
            self._log.leave_out(self._name, key, "it has no counterpart")


def _name_added(item: Json) -> str:
    """Name the fields that a transformation adds, as a part of its key; empty for another one."""
    fields = item.get("fields")
    fields = [f for f in fields if isinstance(f, Mapping)] if isinstance(fields, list) else []
    paths = [part if isinstance(part := f.get("path"), list) else [part] for f in fields]
    names = [".".join(map(str, path)) for path in paths if path != [None]]
    return f".{', '.join(names)}" if names else ""


def _list(rows: Json, key: str) -> Iterator[Any]:
    value = rows.get(key)
    yield from value if isinstance(value, list) else [] if value is None else [value]
