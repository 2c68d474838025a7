"""Takes from the prose which parameters send the bounds of a window: ``limited by `since` ``.

Only where the resource has a stated cursor, and where the names of parameters do not say that they
bound another field: such a filter would lose rows.
"""

from collections.abc import Collection

from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.windows.windows import find_bounds
from analytics_ingest.convert.normalize.placeholders import SETTING
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.windows.bound_names import (
    BOUND_WORDS,
    ON_CHANGE,
    ON_CREATION,
    Bounds,
    list_words,
)
from analytics_ingest.convert.prose.windows.window_bounds import read_bounds


def infer_window_params(draft: Draft, prose: Prose, cursors: Collection[str | None]) -> None:
    """Add the parameters that send the bounds of windows, as the prose says.

    Args:
        cursors: The resources whose cursor the prose states; None stands for all.
    """
    stated = read_bounds(prose)
    for resource in draft.resources:
        name, incremental = resource["name"], draft.find_incremental(resource)
        statement = stated.of.get(name)
        if not statement or incremental is None or find_bounds(draft, resource):
            continue
        cursor = str(incremental.get("cursor_path", "updated_at"))
        is_stated = "cursor_path" in incremental or name in cursors or None in cursors
        known = _list_words_of(name) if cursor in stated.compared else set[str]()
        bounds = statement.bounds
        is_other = any(_is_of_other(param, cursor, known) for param in bounds.values())
        is_other = is_other or not statement.fits(cursor)
        if is_stated and not is_other and _free_params(draft, resource, bounds):
            _take(draft, resource, bounds)


def _take(draft: Draft, resource: Json, bounds: Bounds) -> None:
    keys = {f"{bound}_param": param for bound, param in bounds.items()}
    draft.add_to_incremental(resource, keys)
    for key, param in keys.items():
        reason = f"incremental.{key} is {param}, as the prose says"
        place = f"endpoint.incremental.{key}"
        draft.log.assume(resource["name"], reason, key=place, comment=FROM_TEXT)


def _free_params(draft: Draft, resource: Json, bounds: Bounds) -> bool:
    """Remove parameters that hold a setting where a bound belongs; False if one holds else."""
    merged, own = draft.merge_endpoint(resource).get("params") or {}, resource["endpoint"]
    sent = [param for param in bounds.values() if param in merged]
    params = own.get("params") or {}
    is_setting = [param in params and SETTING.fullmatch(str(params[param])) for param in sent]
    if not all(is_setting):
        return False
    if sent:
        own["params"] = {param: value for param, value in params.items() if param not in sent}
    return True


def _is_of_other(param: str, cursor: str, known: Collection[str]) -> bool:
    """Return whether a parameter bounds another field than the cursor, by their names.

    Args:
        known: More words that leave open what it bounds.
    """
    words = {*BOUND_WORDS, *list_words(cursor), *known}
    if any(len(word) > 1 and word not in words for word in list_words(param)):
        return True
    kinds = (ON_CREATION, ON_CHANGE)
    own, other = ([bool(kind.search(text)) for kind in kinds] for text in (param, cursor))
    return any(own) and any(other) and own != other


def _list_words_of(resource: str) -> set[str]:
    return {form for word in resource.split("_") for form in list_singulars(word)}
