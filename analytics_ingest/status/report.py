"""The status of APIs → a table with a line for each API or resource, or JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from analytics_ingest.common.printable import to_printable
from analytics_ingest.status.model import ApiStatus, Freshness, ResourceStatus, State

_HEAD = ("STATE", "LAST LOAD", "ROWS", "FRESHNESS", "FAILING CHECKS", "REQUESTS")
_SHORT_ID = 8
_NUMBERS = ("ROWS", "REQUESTS")


def write_table(apis: Sequence[ApiStatus], *, with_resources: bool) -> str:
    """Write a line for each API, or for each resource, and below them what needs attention."""
    if with_resources:
        lines = [
            (f"{api.name}/{resource.name}", *_list_cells(resource), "")
            for api in apis
            for resource in api.resources
        ]
        head = ("RESOURCE", *_HEAD, "")
    else:
        lines = [
            (api.name, *_list_cells(api), _format_moment(api.next_tick) or "off") for api in apis
        ]
        head = ("API", *_HEAD, "NEXT TICK")
    notes = [note for api in apis for note in _list_notes(api, with_resources=with_resources)]
    return "\n".join([*_align([head, *lines]), *([""] if notes else []), *notes])


def write_json(apis: Sequence[ApiStatus]) -> str:
    """Write all that is known, for programs; moments are ISO 8601 in UTC."""
    return json.dumps([_convert_api(api) for api in apis], indent=2)


def _list_cells(status: ApiStatus | ResourceStatus) -> tuple[str, ...]:
    return (
        str(status.state),
        _format_moment(status.last_load) or "-",
        _format_count(status.rows),
        str(status.freshness),
        _summarize(status.failing, is_short=isinstance(status, ApiStatus)),
        _format_count(status.requests),
    )


def _summarize(failing: Mapping[str, str], *, is_short: bool) -> str:
    kinds = list(failing.values())
    if is_short:
        counts = ((kinds.count(kind), kind) for kind in ("error", "warning"))
        return ", ".join(f"{n} {kind}{'s' * (n > 1)}" for n, kind in counts if n) or "-"
    marked = (n if kind == "error" else f"{n} (warning)" for n, kind in failing.items())
    return ", ".join(marked) or "-"


def _list_notes(api: ApiStatus, *, with_resources: bool) -> Iterator[str]:
    """Yield what to know besides the table: why runs failed, what is stale, what to run."""
    for run_id, cause in api.causes.items():
        yield f"run {run_id[:_SHORT_ID]} failed: {to_printable(cause, keeps_lines=True)}"
    for resource in api.resources:
        if resource.why and (with_resources or resource.freshness is Freshness.STALE):
            yield f"{api.name}/{resource.name} is {resource.freshness}: {resource.why}"
    for use in api.budgets:
        remaining = "" if use.remaining is None else f", {use.remaining:,} remain by its headers"
        yield f"{api.name}: {use.budget}: {use.used:,} used{remaining}"
    if api.budgets_problem:
        yield api.budgets_problem
    missing = [r.name for r in api.resources if r.state is State.NEVER_LOADED]
    if missing:
        is_whole = len(missing) == len(api.resources)
        names = api.name if is_whole else ", ".join(f"{api.name}/{name}" for name in missing)
        yield f"{names} was never loaded; load it: {api.load_command}"


def _align(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    columns = list(zip(*lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    is_number = [column[0] in _NUMBERS for column in columns]
    for line in lines:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, is_number, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _convert_api(api: ApiStatus) -> dict[str, Any]:
    return {
        "api": api.name,
        "state": str(max(resource.state for resource in api.resources)),
        "next_tick": _format_iso(api.next_tick),
        "failed_runs": dict(api.causes),
        "budgets": [asdict(use) for use in api.budgets],
        "resources": [_convert_resource(resource) for resource in api.resources],
    }


def _convert_resource(resource: ResourceStatus) -> dict[str, Any]:
    is_known = resource.freshness is not Freshness.UNKNOWN
    return {
        "resource": resource.name,
        "state": str(resource.state),
        "last_load": _format_iso(resource.last_load),
        "rows": resource.rows,
        "requests": resource.requests,
        "freshness": str(resource.freshness) if is_known else None,
        "why": resource.why or None,
        "failing_checks": dict(resource.failing),
        "run_id": resource.run_id,
    }


def _format_count(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _format_moment(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%MZ") if moment else ""


def _format_iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
