"""Takes from the prose which field decides in which window a row of a merged resource is loaded."""

import re
from collections.abc import Mapping

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.fields.keys import Keys
from analytics_ingest.convert.prose.windows.sync_modes import SyncModes
from analytics_ingest.declaration.airbyte.incremental_sync import find_sent_bounds

DEFAULT_CURSOR = "updated_at"

_KEY = "endpoint.incremental"
_UPDATED = re.compile(
    r"(date_?|time_?)?(last_?)?(updated|modified|changed|edited|update|modification)"
    r"(_?(at|on|date_?time|date|time|timestamp|utc|gmt|ts)){0,2}",
    re.IGNORECASE,
)

_UNKNOWN = "no cursor is known"
_NO_MOMENT = ("object", "array", "boolean")
"""Types of fields that cannot be the cursor, whatever their names."""


def infer_cursors(draft: Draft, keys: Keys, fields: Mapping[str, Fields], modes: SyncModes) -> None:
    """Add the cursors that the prose names.

    Args:
        keys: The cursors that the prose names, and how it spells `updated_at`.
        fields: The fields of the prose.
        modes: What the prose says of single resources.
    """
    cursors = keys.cursors
    is_of_some = _is_of_some(draft, keys)
    is_other = _is_other(draft, cursors, fields, modes)
    some = any(_find_stated(draft, r, cursors, modes) for r in draft.resources)
    excepted = modes.excepted if cursors.get(None) else set[str]()
    for resource in draft.resources:
        if not _needs_cursor(draft, resource):
            _compare_inherited(draft, resource, cursors, modes)
            continue
        name, known = resource["name"], fields.get(resource["name"], Fields())
        stated = modes.cursors.get(name) or cursors.get(name)
        sends_bounds = bool(find_sent_bounds(draft.merge_endpoint(resource)))
        if not stated and modes.is_full(name) and not sends_bounds:
            _read_in_full(draft, resource)
            continue
        # Else the shared cursor is that of some resources.
        if cursors.get(None) not in modes.cursors.values() and name not in modes.excepted:
            stated = stated or _find_shared(known, cursors.get(None), fields, is_of_some=is_of_some)
        mention = keys.mentions.get(name) or keys.mentions.get(None)
        likeliest = _find_likeliest(known, mention)
        is_open = not (stated or sends_bounds)
        is_guess = is_open and not (mention or known.names or _find_example(known))
        if is_guess and is_other:
            _load_whole(draft, resource, "no fields and no cursor of it are known", _UNKNOWN)
        elif is_open and (some or name in excepted) and likeliest and not modes.may_use(likeliest):
            _load_whole(draft, resource, "the document names cursors of others only", _UNKNOWN)
        elif cursor := stated or likeliest:
            reason = _explain(draft, name, cursor, known, keys.mentions)
            _take_cursor(draft, resource, cursor, "as the prose says" if stated else reason)
        else:
            _take_none(draft, resource, sends_bounds=sends_bounds)


def _is_of_some(draft: Draft, keys: Keys) -> bool:
    """Return whether the cursor that the prose names of no resource is configured of some."""
    configured = (draft.find_incremental(resource) or {} for resource in draft.resources)
    shared = keys.cursors.get(None)
    is_configured = any(shared and block.get("cursor_path") == shared for block in configured)
    return is_configured and not keys.is_cursor_of_all


def _find_shared(
    known: Fields, cursor: str | None, fields: Mapping[str, Fields], *, is_of_some: bool
) -> str | None:
    """Return the cursor that the prose names of no resource, unless only others have that field."""
    root = (cursor or "").partition(".")[0]
    is_unlisted = root not in known.names
    is_of_others = bool(known.names) and any(root in f.names for f in fields.values())
    return None if is_unlisted and (is_of_some or is_of_others) else cursor


def _is_other(
    draft: Draft,
    cursors: Mapping[str | None, str],
    fields: Mapping[str, Fields],
    modes: SyncModes,
) -> bool:
    """Return whether no resource has the default cursor, and others are known or none is said."""
    # Without fields of any resource, their absence says nothing of one.
    listed = draft.resources if any(known.names for known in fields.values()) else []
    others = {_find_known(draft, r, cursors, fields, modes) for r in listed} - {None}
    is_full = bool(listed) and not modes.is_incremental
    return bool(others or is_full) and DEFAULT_CURSOR not in others


def _take_none(draft: Draft, resource: Json, *, sends_bounds: bool) -> None:
    """Load a resource whole whose fields hold no cursor, unless its requests need one."""
    if sends_bounds:
        reason = "updated_at is the cursor, though it is not among the fields of the document"
        draft.log.assume(resource["name"], reason)
    else:
        _load_whole(draft, resource, "its fields hold no cursor", "rows have no cursor")


def _explain(
    draft: Draft, name: str, cursor: str, known: Fields, mentions: Mapping[str | None, str]
) -> str:
    """Explain why a field is the cursor of a resource, which no sentence calls its cursor."""
    mention = mentions.get(name) or mentions.get(None)
    if known.names or cursor not in (mention, DEFAULT_CURSOR):
        return "by its name among the fields"
    if mention is None:
        cursors = [draft.find_incremental(resource) or {} for resource in draft.resources]
        is_of_others = any(cursor.get("cursor_path") for cursor in cursors)
        return f"the default: the document names none{' of it' if is_of_others else ''}"
    is_of_it = name in mentions or draft.only_name
    rest = "" if is_of_it else ", nor as a field of each resource"
    return f"which the text mentions, but not as the cursor{rest}"


def _find_known(
    draft: Draft,
    resource: Json,
    cursors: Mapping[str | None, str],
    fields: Mapping[str, Fields],
    modes: SyncModes,
) -> str | None:
    """Find the cursor of a resource: configured, stated of it, or by its name among the fields."""
    known = fields.get(resource["name"], Fields())
    stated = _find_stated(draft, resource, cursors, modes)
    return stated or (_find_likeliest(known) if known.names else None)


def _find_stated(
    draft: Draft, resource: Json, cursors: Mapping[str | None, str], modes: SyncModes
) -> str | None:
    """Find the cursor of a resource that is configured, or stated of it."""
    name, configured = resource["name"], draft.find_incremental(resource) or {}
    return configured.get("cursor_path") or modes.cursors.get(name) or cursors.get(name)


def _load_whole(draft: Draft, resource: Json, why: str, comment: str) -> None:
    reason = f"{why}, so it is loaded whole, without partitions"
    draft.log.assume(resource["name"], reason, key=_KEY, comment=comment)
    resource["endpoint"]["incremental"] = None


def _take_cursor(draft: Draft, resource: Json, cursor: str, why: str) -> None:
    """Log the cursor of a resource, and declare it unless it is the default one."""
    reason = f"its cursor is {cursor}, {why}"
    own = draft.merge_endpoint(resource).get("incremental", {})
    if cursor == DEFAULT_CURSOR and not own.get("cursor_path"):
        draft.log.assume(resource["name"], reason)
        return
    draft.log.assume(resource["name"], reason, key=f"{_KEY}.cursor_path", comment=FROM_TEXT)
    incremental = {"cursor_path": cursor, **own} | {"cursor_path": cursor}
    resource["endpoint"]["incremental"] = incremental


def _read_in_full(draft: Draft, resource: Json) -> None:
    resource["endpoint"]["incremental"] = None
    reason = "it is loaded whole, without partitions, as the prose says"
    draft.log.assume(resource["name"], reason, key=_KEY, comment=FROM_TEXT)


def _compare_inherited(
    draft: Draft, resource: Json, cursors: Mapping[str | None, str], modes: SyncModes
) -> None:
    """Take the cursor that the prose names of a resource which has that of all.

    One that the prose says is read in full is logged.
    """
    name, endpoint = resource["name"], resource["endpoint"]
    named = modes.cursors.get(name) or cursors.get(name)
    inherited = draft.find_incremental(resource) if "incremental" not in endpoint else None
    if inherited and named and inherited.get("cursor_path") not in (None, named):
        _take_cursor(draft, resource, named, "as the prose says")
    elif inherited and name in modes.full and name not in modes.cursors:
        reason = (
            "resource_defaults gives it a cursor, though the prose says that it is read in full"
        )
        draft.log.assume(name, f"{reason}; declare endpoint.incremental: null")


def _needs_cursor(draft: Draft, resource: Json) -> bool:
    """Return whether a resource is merged and does not name its cursor itself."""
    endpoint = draft.merge_endpoint(resource)
    params = endpoint.get("params") or {}
    incremental = endpoint.get("incremental", {})
    return (
        bool(draft.find_key(resource))
        and incremental is not None
        and not incremental.get("cursor_path")
        and not any(isinstance(p, dict) and p.get("type") == "incremental" for p in params.values())
    )


def _find_likeliest(fields: Fields, mention: str | None = None) -> str | None:
    """Find the cursor that the fields suggest; the default where they are not known.

    Args:
        mention: How the prose spells `updated_at`.
    """
    moments = [f for f, kind in fields.types.items() if kind.rstrip("?") not in _NO_MOMENT]
    if not fields.names:
        other = mention if mention != DEFAULT_CURSOR else None
        return other or _find_example(fields) or DEFAULT_CURSOR
    if DEFAULT_CURSOR in (*moments, *(fields.untyped - fields.types.keys())):
        return DEFAULT_CURSOR
    typed = [field for field in moments if _UPDATED.fullmatch(field)]
    untyped = [field for field in sorted(fields.untyped) if _UPDATED.fullmatch(field)]
    return next(iter([*typed, *untyped]), None)


def _find_example(fields: Fields) -> str | None:
    """Find the cursor among fields that a sentence only gives as examples."""
    examples = [field for field in fields.examples if _UPDATED.fullmatch(field)]
    return examples[0] if len(examples) == 1 else None
