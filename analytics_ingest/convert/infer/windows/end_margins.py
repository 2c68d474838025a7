"""Takes from the document how long before the present windows end: `end_margin`."""

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.windows.windows import find_bounds
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.windows.end_margins import EndMargin, read_end_margins

_KEY = "endpoint.incremental.end_margin"


def infer_end_margins(draft: Draft, prose: Prose) -> None:
    """Add the margins that expressions and clauses state, and log those that are not clear."""
    ends = {name: _list_end_params(draft, resource) for name, resource in draft.by_name.items()}
    stated = list(read_end_margins(prose, set().union(*ends.values())))
    for name, resource in draft.by_name.items():
        incremental = draft.find_incremental(resource)
        if not incremental or "end_margin" in incremental:
            continue
        if margin := draft.end_margins.get(name, draft.end_margins.get(None)):
            draft.add_to_incremental(resource, {"end_margin": margin})
            continue
        own = [each for each in stated if name in each.resources]
        if not own and "end" in find_bounds(draft, resource):
            own = [each for each in stated if not each.resources]
        _take(draft, resource, [each for each in own if _fits(each, ends[name])])


def _list_end_params(draft: Draft, resource: Json) -> set[str]:
    """List the parameters that send the end of a resource's windows."""
    param = (draft.find_incremental(resource) or {}).get("end_param")
    params = draft.merge_endpoint(resource).get("params")
    held = params.items() if isinstance(params, dict) else ()
    placed = {name for name, value in held if "{incremental.end_value" in str(value)}
    return placed | ({param} if isinstance(param, str) else set())


def _fits(margin: EndMargin, params: set[str]) -> bool:
    return not margin.params or not params.isdisjoint(margin.params)


def _take(draft: Draft, resource: Json, stated: list[EndMargin]) -> None:
    lengths = {margin.length for margin in stated}
    if not stated:
        return
    if len(lengths) > 1 or None in lengths or "end" not in find_bounds(draft, resource):
        reason = "the prose speaks of windows that end before the present"
        draft.log.assume(resource["name"], f"{reason}: declare incremental.end_margin")
        return
    (length,) = lengths
    draft.add_to_incremental(resource, {"end_margin": length})
    reason = f"incremental.end_margin is {length}, as the prose says"
    draft.log.assume(resource["name"], reason, key=_KEY, comment=FROM_TEXT)
