"""Takes from the prose how the bounds of a window are written, and how long one is at most.

Only lines on a parameter that sends a bound, or on the window as such, are read.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.windows.cursors import DEFAULT_CURSOR
from analytics_ingest.convert.infer.windows.sent_formats import (
    find_own_format,
    says_iso8601,
    send_as_read,
)
from analytics_ingest.convert.infer.windows.start_windows import find_longest
from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.fields import Fields, is_in_field_section
from analytics_ingest.convert.prose.requests.key_headers import is_in_auth_section
from analytics_ingest.convert.prose.text.passages import Clause, Prose
from analytics_ingest.convert.prose.text.sentences import (
    is_on_all_times,
    is_on_other_source,
    is_statement,
)
from analytics_ingest.convert.prose.windows.bound_formats import find_format
from analytics_ingest.convert.prose.windows.cursor_formats import (
    find_cursor_lists,
    find_list,
    is_format_label,
    list_cursor_formats,
)
from analytics_ingest.convert.prose.windows.format_clauses import is_on_other_format
from analytics_ingest.convert.prose.windows.row_formats import remove_row_formats
from analytics_ingest.convert.prose.windows.sent_times import says_how_times_are_sent
from analytics_ingest.convert.prose.windows.window_lengths import (
    WindowLength,
    find_shortest,
    holds_any,
    read_window_lengths,
    remove_limits,
    remove_response,
)
from analytics_ingest.declaration.airbyte.incremental_sync import find_sent_bounds

_STEP = re.compile(r"\bstep`?:?\s*[`\"']?(P[\dTDWMYHS]+)")
_ON_WINDOWS = re.compile(
    r"\b(?:windows?|(?:lower |upper |two |both )?bounds?|datetime_format|at once|at a time"
    r"|takes? (?:full |whole )?(?:dates|days|timestamps))\b"
    r"|^\W*incremental\b[^:`]{0,30}:"
    rf"|{_STEP.pattern}",
    re.IGNORECASE,
)
_BLOCKS = ("params", "json", "data", "headers")
_ON_ALL = re.compile(
    r"^\W*(?:all |the )?(?:date|time|window) param\w*\b|"
    r"^\W*(?:the )?(?:windows?|intervals?|bounds?|date ranges?) (?:format|length|size)s?\b"
    r"|\bthe (?:date|time) parameters\b"
    r"|\b(?:timestamps|dates|times|date-?times) in (?:the |all )?(?:request )?parameters\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"`[^`]*`")
_OTHER = re.compile(
    r"\b(?:respon[sd]\w*|answer\w*|returns?|returned|rate"
    r"|limit(?:s|ed)? (?:of|to) \d+ requests"
    r"|requests? (?:per|a|an|each)|back-?\s?off|retr(?:y|ies)|repeat\w*|history|kept|retention)\b",
    re.IGNORECASE,
)


def infer_windows(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Add the format and the length of the windows that requests send."""
    lengths = read_window_lengths(prose)
    quoted_by_name = {
        resource["name"]: quote_params(resource, draft.find_incremental(resource))
        for resource in draft.resources
    }
    all_quoted = set().union(*quoted_by_name.values())
    formats: list[str] = []
    for resource in draft.resources:
        incremental, sent = draft.find_incremental(resource), find_bounds(draft, resource)
        if not sent or not isinstance(incremental, dict):
            continue
        quoted = quoted_by_name[resource["name"]]
        others = all_quoted.difference(quoted)
        own: Json = {}
        if "param_format" not in incremental:
            texts = list(_iterate_sentences(draft, prose, resource, quoted, others))
            if not any(map(find_format, texts)):
                texts += _list_on_all_times(draft, prose, resource, quoted, others)
            if not any(find_format(text) or says_iso8601(text) for text in texts):
                texts += _list_on_cursor(prose, resource["name"], incremental, quoted)
            of_resource = fields.get(resource["name"], Fields())
            own |= find_own_format(texts, quoted, incremental, of_resource, formats)
            formats += own.values()
            if not (own or any(find_format(text) or says_iso8601(text) for text in texts)):
                send_as_read(draft, resource, incremental)
        length = find_shortest(lengths, resource["name"], others)
        if length and "max_window" not in incremental and (longest := find_longest(sent, length)):
            own["max_window"] = longest
        _take(draft, resource, own)
    _log_unused_lengths(draft, lengths)
    for incremental in draft.list_blocks("incremental"):
        if incremental.get("param_format") == "iso8601":
            del incremental["param_format"]


def _take(draft: Draft, resource: Json, own: Json) -> None:
    for key, value in own.items():
        reason = f"incremental.{key} is {value}, as the prose says"
        place = f"endpoint.incremental.{key}"
        draft.log.assume(resource["name"], reason, key=place, comment=FROM_TEXT)
    if own:
        draft.add_to_incremental(resource, own)


def _log_unused_lengths(draft: Draft, lengths: Collection[WindowLength]) -> None:
    """Log the lengths of resources that do not send their windows; of all, if none does."""
    has_length = {
        name: "max_window" in (draft.find_incremental(resource) or {})
        for name, resource in draft.by_name.items()
    }
    for length in lengths:
        reason = f"the prose says that a window is {length.length} at most: declare"
        reason = f"{reason} incremental.max_window with both parameters"
        for name in length.resources:
            if not has_length[name]:
                draft.log.assume(name, reason)
        if not length.resources and not any(has_length.values()):
            draft.log.assume(None, reason)


def _iterate_sentences(
    draft: Draft,
    prose: Prose,
    resource: Json,
    quoted: Collection[str],
    others: Collection[str],
) -> Iterator[str]:
    """Yield the clauses on the windows of a resource.

    Args:
        quoted: The parameters that send its bounds, in backticks.
        others: Those of other resources only.
    """
    name, incremental = resource["name"], draft.find_incremental(resource) or {}
    cursor = str(incremental.get("cursor_path") or DEFAULT_CURSOR)
    params = [param.strip("`") for param in quoted]
    for passage in prose.passages:
        line, scope = passage.line, passage.scope
        if scope and name not in scope and f"`{name}`" not in line.text:
            continue
        is_own = name in (scope or (draft.only_name,)) or f"`{name}`" in line.text
        is_on_all = _ON_ALL.search(line.text) or is_on_all_times(line.text)
        is_on_all = is_on_all and not (scope or is_in_auth_section(line))
        is_on_own = is_own and _ON_WINDOWS.search(line.text)
        if not (holds_any(line.text, quoted) or is_on_all or is_on_own):
            continue
        for clause in passage.clauses:
            text = remove_response(remove_row_formats(clause.text, cursor, params))
            is_of_other = holds_any(text, others) and not holds_any(text, quoted)
            is_of_other = is_of_other or is_on_other_format(clause, quoted)
            may_be_on = _may_be_on(clause, name) or _names_own_bound(draft, clause, quoted)
            if may_be_on and not is_of_other and _is_on_requests(text):
                yield text


def _list_on_all_times(
    draft: Draft,
    prose: Prose,
    resource: Json,
    quoted: Collection[str],
    others: Collection[str],
) -> list[str]:
    """List the clauses on how requests write all times; none, but a report, of several formats."""
    name, lists = resource["name"], find_cursor_lists(prose)
    texts = [
        remove_response(clause.text)
        for passage in prose.passages
        for clause in passage.clauses
        if find_format(clause.text)
        and name in (passage.scope or (name,))
        and not (passage.line.cells or _is_on_fields(passage.line, lists))
        and not is_in_auth_section(passage.line)
        and says_how_times_are_sent(clause)
        and _may_be_on(clause, name)
        and not (holds_any(clause.text, others) or is_on_other_format(clause, quoted))
        and _is_on_requests(remove_response(clause.text))
    ]
    formats = sorted({str(find_format(text)) for text in texts})
    if len(formats) > 1:
        listed = ", ".join(formats)
        reason = f"the prose names several formats of times, {listed}: declare param_format"
        draft.log.assume(name, reason)
    return texts if len(formats) == 1 else []


def _is_on_fields(line: Line, of_cursors: Collection[tuple[tuple[str, ...], int, str]]) -> bool:
    """Return whether a line of a section on fields is not a format beside the cursor's name."""
    is_beside = is_format_label(line) and find_list(line) in of_cursors
    return is_in_field_section(line) and not is_beside


def _list_on_cursor(
    prose: Prose, name: str, incremental: Json, quoted: Collection[str]
) -> list[str]:
    cursor = str(incremental.get("cursor_path") or DEFAULT_CURSOR)
    return list_cursor_formats(prose, name, cursor, [param.strip("`") for param in quoted])


def _may_be_on(clause: Clause, name: str) -> bool:
    """Return whether a clause does not name other resources only."""
    names_resource = any(mention.resource for mention in clause.mentions)
    return not names_resource or name in clause.subjects


def _names_own_bound(draft: Draft, clause: Clause, quoted: Collection[str]) -> bool:
    """Return whether a clause names a bound that its resources do not send."""
    named = [draft.by_name[name] for name in clause.subjects if name in draft.by_name]
    of_named = {p for each in named for p in quote_params(each, draft.find_incremental(each))}
    return bool(named) and holds_any(clause.text, set(quoted) - of_named)


def find_bounds(draft: Draft, resource: Json) -> set[str]:
    """Find which bounds a resource's requests hold, whichever form its incremental has."""
    incremental = draft.find_incremental(resource)
    return find_sent_bounds({**draft.merge_endpoint(resource), "incremental": incremental})


def quote_params(resource: Json, incremental: Json | None) -> list[str]:
    """List the parameters that send bounds, as the prose quotes them."""
    keys = incremental if isinstance(incremental, dict) else {}
    params = [keys.get(f"{bound}_param") for bound in ("start", "end")]
    blocks = (resource["endpoint"].get(block) or {} for block in _BLOCKS)
    held = [item for block in blocks if isinstance(block, dict) for item in block.items()]
    params += [name for name, value in held if "{incremental." in str(value)]
    return [f"`{name}`" for name in params if name]


def _is_on_requests(sentence: str) -> bool:
    """Return whether a sentence states something of requests, not of responses or limits."""
    said = _QUOTED.sub("``", sentence)
    is_other = _OTHER.search(said) or is_on_other_source(said)
    return is_statement(remove_limits(sentence)) and not is_other
