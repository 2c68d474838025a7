"""Makes a draft one that the model accepts: what it cannot hold is dropped and logged."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import reduce
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from analytics_ingest.convert.conversion_log import NO_KEY, ConversionError, ConversionLog
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.declaration.airbyte.translate import translate
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest.declaration.similar_keys import is_unknown_key

_MOST_CHANGES = 2000
_NEEDED = ("path", "name", "base_url", "resources")
Loc = tuple[int | str, ...]


def fit_to_model(draft: Draft) -> None:
    """Drop or convert what the model does not know or has in another type."""
    api = draft.attributes
    for _ in range(_MOST_CHANGES):
        try:
            Api.model_validate(api)
        except ValidationError as error:
            # Of the branches of a union the one that fits best is meant.
            deepest = max(error.errors(), key=lambda line: len(_keep_existing(api, line["loc"])))
            _repair(api, deepest, draft.log)
            continue
        draft.attributes = api
        return
    raise ConversionError("the configuration has too many keys that are unknown")


def translate_airbyte_keys(draft: Draft) -> None:
    """Translate Airbyte's keys; what cannot be translated is dropped."""
    draft.attributes = _attempt(draft, lambda api: translate(draft.name, api))


def make_resolvable(draft: Draft, schema: Mapping[str, Mapping[str, Any]]) -> None:
    """Drop keys that do not fit together."""

    def check(api: Json) -> Json:
        fit_to_model(draft)
        resolve(draft.name, Api.model_validate(api), schema)
        return api

    draft.attributes = _attempt(draft, check)


def _attempt(draft: Draft, change: Callable[[Json], Json]) -> Json:
    """Change the attributes, without the keys that are in the way."""
    api = draft.attributes
    for _ in range(_MOST_CHANGES):
        try:
            return change(api)
        except DeclarationError as error:
            if (holder := _remove_key(api, error)) is None:
                raise ConversionError(str(error)) from None
            key, problem = error.key, error.problem
            if "." in key and problem.startswith("is required"):
                key, _, missing = key.rpartition(".")
                problem = f"its {missing} {problem}"
            if key == "write_disposition" and (error.resource, NO_KEY) in draft.log.assumptions:
                continue  # The line on its key says what is loaded.
            if holder is api.get("resource_defaults"):
                draft.log.leave_out(None, f"resource_defaults.{key}", problem)
            else:
                draft.log.leave_out(error.resource, key, problem)
    raise ConversionError("the configuration has too many keys that do not fit together")


def _repair(api: Any, error: ErrorDetails, log: ConversionLog) -> None:
    """Convert or remove the value that an error of the model is about."""
    loc = _keep_existing(api, error["loc"])
    is_missing = error["type"] == "missing"
    if is_missing and len(loc) <= 1:
        raise ConversionError(f"{'.'.join(map(str, error['loc']))} is missing in the configuration")
    *above, last = loc
    holder = reduce(lambda value, part: value[part], above, api)
    converted = None if is_missing else _convert(holder[last], error["type"])
    if converted is not None:
        holder[last] = converted
        return
    resource, key = _find_place(api, loc)
    is_unknown = is_unknown_key(error)
    if last in _NEEDED and not (is_missing or is_unknown):
        place = f"{resource}: {key}" if resource else key
        raise ConversionError(f"{place}: {error['msg']}")
    del holder[last]
    message = error["msg"].removeprefix("Value error, ")
    reason = "not a key of a declaration" if is_unknown else message
    log.leave_out(resource, key, f"{reason[:1].lower()}{reason[1:]}")


def _keep_existing(api: Json, loc: Loc) -> Loc:
    """Return the parts of a place that there are; pydantic adds the branches of unions."""
    existing: Loc = ()
    value: Any = api
    for part in loc:
        with suppress(KeyError, IndexError, TypeError):
            value = value[part]
            existing = (*existing, part)
    return existing


def _find_place(api: Json, loc: Loc) -> tuple[str | None, str]:
    if loc[0] == "resources" and len(loc) > 2:
        name = api["resources"][loc[1]].get("name")
        return name, ".".join(map(str, loc[2:]))
    return None, ".".join(map(str, loc))


def _convert(value: Any, kind: str) -> Any:
    """Return the value in the type that is asked for, where nothing is lost; else None."""
    if kind == "string_type" and isinstance(value, bool | int | float):
        return json.dumps(value)
    if kind == "bool_type" and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    if kind == "list_type" and isinstance(value, str | int):
        return [value]
    number = {"int_type": int, "int_parsing": int, "float_type": float}.get(kind)
    try:
        is_exact = number and isinstance(value, str | float) and number(value) == float(value)
        return number(value) if number and is_exact else None
    except (ValueError, OverflowError):
        return None


def _remove_key(api: Json, error: DeclarationError) -> Json | None:
    """Remove the key that an error is about: of the resource, else of what resources share.

    Returns what it is removed from, None where it is not.
    """
    resource = next((r for r in api["resources"] if r.get("name") == error.resource), None)
    holders = [resource, api.get("resource_defaults")] if resource else [api]
    parts = error.key.split(".")
    blocks = [block for holder in (*holders, api["client"]) for block in _list_blocks(holder)]
    is_needed = parts[-1] in _NEEDED and "auth" not in parts
    if is_needed or (parts[-1] == "cursor_value" and _reads_cursors(blocks)):
        return None
    if parts[-1] == "type" and len(parts) > 1:
        parts = parts[:-1]
    for holder in holders:
        for start in (holder, *_list_blocks(holder)):
            if isinstance(start, dict) and _remove(start, parts):
                return holder
    return None


def _reads_cursors(blocks: list[Any]) -> bool:
    """Return whether a listing would end after its first page, for want of this value."""
    return any(
        isinstance(block, dict) and block.get("type") == "cursor" and "cursor_value" in block
        for block in blocks
    )


def _list_blocks(holder: Any) -> list[Any]:
    """List the blocks of a resource, which may hold the documents' own keys."""
    if not isinstance(holder, dict):
        return []
    endpoint = holder.get("endpoint")
    inner = endpoint if isinstance(endpoint, dict) else {}
    return [
        inner,
        *(b[k] for b in (holder, inner) for k in ("incremental_sync", "paginator") if k in b),
    ]


def _remove(holder: Json, parts: list[str]) -> bool:
    """Remove a key given by its parts; where its last is not there, the block that lacks it."""
    for end in range(len(parts), 0, -1):
        key = ".".join(parts[:end])
        if key not in holder:
            continue
        inner, rest = holder[key], parts[end:]
        if rest and isinstance(inner, dict) and _remove(inner, rest):
            return True
        if key in ("endpoint", "client"):
            return False
        del holder[key]
        return True
    return False
