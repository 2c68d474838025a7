"""Writes Python functions that filter rows as expressions: `{filter: lambda row: row["open"]}`.

A step with a function that is not an expression is left out, by name.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.python.row_functions import read_condition
from analytics_ingest.convert.python.values import Code


def translate_row_functions(draft: Draft) -> None:
    """Translate the filters in the steps of the defaults and of each resource."""
    _translate(draft, None, draft.defaults)
    for resource in draft.resources:
        _translate(draft, resource["name"], resource)


def _translate(draft: Draft, name: str | None, holder: Json) -> None:
    steps = holder.get("processing_steps")
    if not isinstance(steps, list):
        return
    kept = [step for step in (_translate_step(draft, name, step) for step in steps) if step]
    if kept:
        holder["processing_steps"] = kept
    else:
        del holder["processing_steps"]


def _translate_step(draft: Draft, name: str | None, step: Any) -> Any:
    if not isinstance(step, Mapping):
        return step
    for key, function in step.items():
        condition = _read(function) if key == "filter" else None
        if condition is not None:
            draft.log.assume(name, f"rows are kept by {condition}, which was a Python function")
            return {**step, key: condition}
        if isinstance(function, Code):
            reason = f"{function.what} on line {function.line} is code, which is not run"
            draft.log.leave_out(name, f"processing_steps.{key}", reason)
            return None
    return step


def _read(function: Any) -> str | None:
    if isinstance(function, Code):
        return function.condition
    return read_condition(function) if isinstance(function, str) else None
