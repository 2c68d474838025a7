"""Logs names that a document's text puts in backticks and that nothing in the declaration has.

Each is a parameter, a field or a value of which the prose may say what requests or rows need, in
words that no reader of prose knows. What decides here is only whether a name is there, so that a
sentence in any words is not lost silently.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.conversion_log import abbreviate
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.report.unused_formats import iterate_unused_formats
from analytics_ingest.convert.infer.windows.cursors import DEFAULT_CURSOR
from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.fields.field_items import list_items
from analytics_ingest.convert.prose.fields.fields import Fields, is_in_field_section
from analytics_ingest.convert.prose.requests.key_headers import is_in_auth_section
from analytics_ingest.convert.prose.requests.setting_values import find_setting_values
from analytics_ingest.convert.prose.text.line_subjects import find_titled_group
from analytics_ingest.convert.prose.text.name_owners import find_owner, iterate_clauses
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.windows.bound_formats import find_pattern

_NAME = re.compile(r"(?<!`)`\??(?!dlt\.)(?P<name>[A-Za-z_$@][\w.\-$@\[\]]*)(?:=\w[^`]*)?`(?!`)")
_WORD = re.compile(r"[\w\-$@]+")
_ON_LOGINS = re.compile(
    r"\b(?:secrets?|passwords?|passphrases?|pins?|credentials?|bearer|auth\w*|log ?in|user ?names?"
    r"|(?:api|access|private|client|account|licen[cs]e)[- _]?(?:keys?|ids?|names?)|sign\w*"
    r"|sessions?|tenants?|(?<!page )(?<!next )(?<!continuation )(?<!sync )tokens?)\b",
    re.IGNORECASE,
)
"""What is on these fails with 401 if it is not read; a line on them may hold a secret."""
_NO_USE = re.compile(
    r"(?:\be\.g|\bfor (?:example|instance)|\bsuch as|\blike|\bdefaults?(?: to)?|\bnot?|\bwithout"
    r"|\binstead of)\W*(?:the )?$",
    re.IGNORECASE,
)
"""What precedes an example, a default, or a name that is denied."""
_PARAMETER = re.compile(r"\bparam\w*\W*$", re.IGNORECASE)
"""What precedes a parameter, whatever it is called."""
_SENT = re.compile(r"\b(?:param\w*|query|body|headers?|sent|sends?|passed)\b", re.IGNORECASE)
_SENT_AS = re.compile(
    r"\b(?:param\w*|headers?|(?:sent|sends|passed) (?:as|in|with|by))\W*(?:the )?\W*$",
    re.IGNORECASE,
)
"""What precedes the name of what requests send."""
_LITERAL = re.compile(r"`[^`]*`")
_OF_SETTING = re.compile(r"(?:\bsettings\.|\bconfig(?:\.|\[['\"])|\$\{)(\w+)")
_RANDOM = re.compile(r".*\d.*|.{41,}")
"""What may be the value of a secret; few parameters have a digit in their name."""
_STANDARD = frozenset(
    {"accept", "authorization", "content_type", "link", "retry_after", "get", "post", "put"}
    | {"true", "false", "null", "none", "string", "text", "integer", "int", "bigint", "number"}
    | {"float", "double", "decimal", "bool", "boolean", "object", "array", "list", "json", "uuid"}
    | {"date", "datetime", "timestamp", "utc", "z", "rest_api", "rest_api_source"}
    | {"dlt", "access_token", "merge", "replace", "append"}
)
"""Names of HTTP, of types, of zones, of dlt, and of how it writes tables."""

_OURS = {
    "step": "max_window",
    "lookback_window": "lookback",
    "cursor_field": "cursor_path",
    "datetime_format": "param_format",
}
"""Keys of Airbyte's cursor → those of a declaration."""
_SHOWN = 12
"""Names of a line of the report."""


class _Texts:
    """What a part of the declaration or of the log says, and the words in it."""

    def __init__(self, part: Any) -> None:
        """Take the keys and the texts of a part, however deep they are."""
        texts = [text for text in walk(part) if isinstance(text, str)]
        texts += [str(key) for block in walk(part) if isinstance(block, Mapping) for key in block]
        self._text = "\n".join(texts)
        self._words = {spelled for word in _WORD.findall(self._text) for spelled in _spell(word)}

    def has(self, name: str) -> bool:
        """Return whether a name is among the words, or what a format means among the texts."""
        spelled = {*_spell(name), *_spell(re.split(r"[.\[\]]", name.rstrip("]"))[-1])}
        pattern = find_pattern(f"`{name}`")
        return not spelled.isdisjoint(self._words) or (
            pattern is not None and pattern in self._text
        )


def log_unused_names(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Log the names of the prose that neither the declaration nor the log has, by resource."""
    log = draft.log
    known = [sorted(known.names) for known in fields.values()]
    known.append([name for passage in prose.passages for name in list_items(passage.line)])
    general = [text for of, text in log.assumptions if of is None]
    others = {**draft.attributes, "resources": list(draft.by_name)}
    shared = _Texts([others, known, general, log.settings, log.skipped])
    own: dict[str | None, _Texts] = {
        name: _Texts(
            [resource, _list_cursors(draft, resource)]
            + [text for of, text in log.assumptions if of == name]
        )
        for name, resource in draft.by_name.items()
    }
    own[None] = _Texts([draft.resources, [text for _, text in log.assumptions]])
    unused: dict[str | None, dict[str, None]] = {}
    starts = _list_start_settings(draft)
    for line, scopes in _iterate_scopes(prose):
        values = find_setting_values(line, log.settings)
        formats = iterate_unused_formats(draft, line, scopes)
        named = [
            n
            for n in [*_iterate_names(line), *formats]
            if _is_sent(line, n[1])
            or not (n[0] in starts or any(begin <= n[1] < end for begin, end in values))
        ]
        for name, start in named:
            for scope in scopes:
                owner = find_owner(line, start, prose.resources) if scope != (None,) else None
                names = (owner,) if owner else scope
                is_key = name in _OURS and not _SENT_AS.search(line.text[:start])
                if is_key and _is_declared(draft, names, _OURS[name]):
                    continue
                if not (shared.has(name) or any(own[resource].has(name) for resource in names)):
                    unused.setdefault(names[0], {})[name] = None
    for resource, names in unused.items():
        listed = abbreviate(list(names), most=_SHOWN)
        pronoun = "them" if len(names) > 1 else "it"
        log.assume(resource, f"the text names {listed}; nothing in the declaration uses {pronoun}")


def _list_start_settings(draft: Draft) -> set[str]:
    """List the settings of first values; the log says that partitions begin elsewhere."""
    values = draft.open_starts.values()
    return {name for value in values for name in _OF_SETTING.findall(value)}


def _is_declared(draft: Draft, names: tuple[str | None, ...], key: str) -> bool:
    """Return whether the cursor of one of some resources, or of any, has a key."""
    listed = [resource for name in names for resource in draft.list_named(name)]
    return any(key in (draft.find_incremental(resource) or {}) for resource in listed)


def _is_sent(line: Line, start: int) -> bool:
    """Return whether the clause around a name speaks of what requests send."""
    clause = next((text for text, begin in iterate_clauses(line) if start < begin + len(text)), "")
    return _SENT.search(_LITERAL.sub("", clause)) is not None


def _iterate_scopes(prose: Prose) -> Iterator[tuple[Line, list[tuple[str | None, ...]]]]:
    """Yield each line with its resources; below a heading on several, one may use a name."""
    for passage in prose.passages:
        scope = passage.scope or (None,)
        is_titled = scope == find_titled_group(passage.line, prose.resources)
        yield passage.line, [scope] if is_titled else [(name,) for name in scope]


def _list_cursors(draft: Draft, resource: Json) -> list[str]:
    """List the cursor of a merged resource: by default, or by `resource_defaults`."""
    incremental = draft.find_incremental(resource)
    is_incremental = incremental is not None and bool(draft.find_key(resource))
    return [str((incremental or {}).get("cursor_path", DEFAULT_CURSOR))] if is_incremental else []


def _iterate_names(line: Line) -> Iterator[tuple[str, int]]:
    """Yield the names in backticks of a line on requests or rows, and where they begin."""
    if is_in_field_section(line) or is_in_auth_section(line) or _ON_LOGINS.search(line.text):
        return
    for match in _NAME.finditer(line.text):
        name = match["name"].removesuffix("[]").rstrip(".")
        before = line.text[: match.start()]
        is_standard = not _STANDARD.isdisjoint(_spell(name)) and not _PARAMETER.search(before)
        is_example = _NO_USE.search(before) or _RANDOM.fullmatch(name)
        if not (is_standard or is_example):
            yield name, match.start()


def _spell(word: str) -> set[str]:
    """Return how a declaration may write a word: in lower or in snake case."""
    return {word.lower(), to_valid_name(word)} - {""}
