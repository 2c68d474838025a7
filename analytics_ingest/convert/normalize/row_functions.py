"""Writes steps that are Python functions as steps: `{filter: lambda row: row["open"]}`.

A step whose function cannot be written so is omitted, by name.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import copy_tree
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.python.row_functions import read_lambda, write_condition
from analytics_ingest.convert.python.row_mappings import write_steps
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
    kept = [new for step in steps for new in _translate_step(draft, name, step)]
    if kept:
        holder["processing_steps"] = kept
    else:
        del holder["processing_steps"]


def _translate_step(draft: Draft, name: str | None, step: Any) -> list[Any]:
    """Return the steps that a step with a function amounts to; another step as it is."""
    items = list(step.items()) if isinstance(step, Mapping) else []
    for key, raw in items:
        function = _read(raw)
        if not isinstance(function, Code):
            continue
        new = {"filter": function.condition and [{"filter": function.condition}]}
        steps = {**new, "map": function.steps}.get(key)
        if steps is not None and len(items) == 1:
            what = f"kept by {function.condition}," if key == "filter" else "changed"
            reason = f"rows are {what} as by {function.what} on line {function.line}"
            draft.log.assume(name, reason)
            return copy_tree(steps)
        reason = f"{function.what} on line {function.line} is code, which is not run"
        draft.log.leave_out(name, f"processing_steps.{key}", reason)
        return []
    return [step]


def _read(function: Any) -> Any:
    """Read a lambda in a text; return anything else as it is."""
    node = read_lambda(function) if isinstance(function, str) else None
    if node is None:
        return function
    condition, steps = write_condition(node, {}), write_steps(node, {})
    return Code("lambda expression", 1, condition=condition, steps=steps)
