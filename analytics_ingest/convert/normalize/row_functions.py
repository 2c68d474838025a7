"""Writes steps that are Python functions as steps: `{filter: lambda row: row["open"]}`.

A step whose function cannot be written so is omitted, by name.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analytics_ingest.common.json_tree import copy_tree
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.python.row_functions import read_lambda
from analytics_ingest.convert.python.row_mappings import build_row_function
from analytics_ingest.convert.python.values import Code


def translate_row_functions(draft: Draft) -> None:
    """Translate the functions in the steps of the defaults and of each resource."""
    _translate(draft, None, draft.defaults)
    for resource in draft.resources:
        _translate(draft, resource["name"], resource)


def _translate(draft: Draft, name: str | None, holder: Json) -> None:
    steps = holder.get("processing_steps")
    if not isinstance(steps, list):
        return
    kept: list[Any] = []
    for number, step in enumerate(steps):
        translated = _translate_step(draft, name, step)
        if translated is None:
            _leave_out_rest(draft, name, len(steps) - number - 1)
            break
        kept += translated
    if kept:
        holder["processing_steps"] = kept
    else:
        del holder["processing_steps"]


def _leave_out_rest(draft: Draft, name: str | None, number: int) -> None:
    """Log that the steps behind an omitted one are omitted too: they may read what it adds."""
    if number:
        reason = f"{number} more of its steps follow an omitted one, and may depend on it"
        draft.log.leave_out(name, "processing_steps", reason)


def _translate_step(draft: Draft, name: str | None, step: Any) -> list[Any] | None:
    """Return the steps that a step with a function amounts to; another step as it is."""
    items = list(step.items()) if isinstance(step, Mapping) else []
    for key, raw in items:
        function = read_function(raw)
        if not isinstance(function, Code):
            continue
        where = f" on line {function.line}" if function.line else ""
        condition = function.condition
        known = {"filter": condition and [{"filter": condition}], "map": function.steps}
        steps = known.get(key) if len(items) == 1 else None
        if steps is None:
            reason = f"{function.what}{where} is code, which is not run"
            draft.log.leave_out(name, f"processing_steps.{key}", reason)
            return None
        what = f"kept by {condition}," if key == "filter" else "changed"
        draft.log.assume(name, f"rows are {what} as by {function.what}{where}")
        return copy_tree(steps)
    return [step]


def read_function(function: Any) -> Any:
    """Read a lambda in a text; return anything else as it is."""
    node = read_lambda(function) if isinstance(function, str) else None
    if node is None:
        return function
    return replace(build_row_function(node, node, "the lambda in a text", {}), line=0)
