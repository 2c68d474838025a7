"""Takes from the prose which error responses mean that a listing is empty.

404 and 410 without a resource hold for children, and for what is requested for each value of a
list: elsewhere they mean a wrong path. 403 holds for the latter alone.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus

from analytics_ingest.convert.draft import Draft, Json, add_actions
from analytics_ingest.convert.infer.declared_parents import list_parents
from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.parts import list_texts, take_apart
from analytics_ingest.convert.prose.text.passages import Prose

_CODES = re.compile(
    r"\b(403|404|410)\b"
    r"|(?:\b(?:status(?: codes?)?|http|codes?|(?:answer|respond|fail)(?:s|ed)?(?: with)?)[ :]+"
    r"|^\W*(?=\d+(?: (?:on|for|from|of)\b|:)))(?!401|429)([45]\d\d)\b",
    re.IGNORECASE,
)
_OF_CHILDREN = (int(HTTPStatus.NOT_FOUND), int(HTTPStatus.GONE))
_USUAL = ("403", "404", "410")
"""Statuses that may mean that there is nothing; of others it must be said that they are ignored."""
_IGNORED = re.compile(
    r"\b(?:ignored?|skip(?:ped)?\b(?! (?:the |all )?retr)|left\s+out|nothing to list"
    r"|(?:means?|has|have|with|are|is) no (?:data|records|rows)\b(?! (?:access|source|are|is)\b)"
    r"|means? that (?:the |an? |its )?\w+ has (?:none|no \w+)"
    r"|(?:means?|as|like|is) (?:an )?empty (?:list|listing|page|result))\b",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"\b(?:is|are|means?) (?:not (?:(?:treated|considered|counted|seen) as )?an?|no) "
    r"(?:error|failure)\b(?! (?:handl|handler|message|code))"
    r"|\b(?:is|are) (?:expected|normal|harmless)\b(?! to\b)",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:not|never|fail\w*|abort\w*|stop\w*|retr(?:y|ies|ied)|lacks?|lacking|missing|scopes?|"
    r"wrong\w*|misread\w*|mistak\w*|used to|formerly|otherwise|by the (?:server|api)"
    r"|rais\w+|but (?:for|not|an?)|wait|repeat\w*|until|while|metrics|dashboards?|sandbox"
    r"|maintenance|apps?|monitoring|alerts?|limit|(?:was|were) ignored|that (?:is|are) ignored"
    r"|(?:connection|health) check|airbyte|attachments?)\b"
    r"|n['\u2019]t\b",
    re.IGNORECASE,
)
_TOKENS = re.compile(r"\btokens?\b", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(if|when|where|with|whose)\b[^.]*\b(body|message|code|contains?)\b", re.IGNORECASE
)
_REFERS = re.compile(
    r"(?:it|this|that|they|those|these|(?:the|these|those|this|that|such an?)"
    r" (?:responses?|answers?|errors?|status(?:es)?(?: codes?)?|codes?|\w+s)) (?:is|are)"
    r" (?:then |to be )?(?:ignored|skipped|expected|normal|harmless|not an? (?:error|failure))\b"
    r"|(?:ignore|skip) (?:it|them|these|those|this)\b",
    re.IGNORECASE,
)
_BELOW = re.compile(r"\b(?:sub-?resources?|child(?:ren)?(?: resources?)?)\b", re.IGNORECASE)
_THEN = re.compile(
    r"[;.] (?:such|those|these|this|that|they|it)\b[^.;]{0,60}\b(?:is|are) (?:then )?"
    r"(?:ignored|skipped|left\s+out)\b[^.;]*\W*$",
    re.IGNORECASE,
)
"""What becomes of what is said before: a reason there denies nothing."""
_APART = re.compile(
    r"\b(?:except(?: for)?|unlike|other than|apart from|in contrast to|compared (?:to|with))\b",
    re.IGNORECASE,
)
"""What sets resources apart from those that a sentence is about."""
_NO_NAMES = re.compile("responses?|errors?|status(?:es)?|records?|rows?|data")


def infer_ignored_responses(draft: Draft, prose: Prose) -> None:
    """Ignore the statuses that sentences call no rows, for the resources that they name."""
    children = _list_children(draft)
    for text, names in _iterate_sentences(draft, prose):
        codes = _read_codes(text)
        if sets_apart(text):
            reason = "fails resources, though the prose says that it is ignored for some of them"
            for code in codes:
                draft.log.assume(None, f"{code} {reason}; declare response_actions of these")
            continue
        codes_of_children = [code for code in codes if code in _OF_CHILDREN]
        for name in names or _find_children(draft, children, text):
            _ignore(draft, draft.by_name[name], codes if names else codes_of_children)
        if not names:
            _ignore_of_others(draft, codes, bool(children))


def _ignore_of_others(draft: Draft, codes: list[int], has_children: bool) -> None:
    """Ignore statuses, said of no resource, for each value of a list; name them for the others."""
    others = [c for c in codes if not (has_children and c in _OF_CHILDREN)]
    of_values = _list_of_values(draft)
    if len(of_values) < len(draft.resources):
        for code in [code for code in others if not _is_ignored(draft, code)]:
            reason = f"{code} fails a resource, though the prose says that it is ignored"
            draft.log.assume(None, f"{reason}; declare response_actions where it means no rows")
    for name in of_values:
        _ignore(draft, draft.by_name[name], [code for code in codes if str(code) in _USUAL])


def _is_ignored(draft: Draft, code: int) -> bool:
    """Return whether the configuration ignores a status, of all resources or of one."""
    endpoints = [draft.shared, *(resource["endpoint"] for resource in draft.resources)]
    actions = [action for e in endpoints for action in e.get("response_actions") or []]
    return any(isinstance(a, dict) and a.get("status_code") == code for a in actions)


def _iterate_sentences(draft: Draft, prose: Prose) -> Iterator[tuple[str, list[str]]]:
    """Yield the sentences on ignored statuses, each with the resources that it names."""
    for line, named in prose.iterate_lines():
        for sentence in [line.text] if line.cells else _join_clauses(line):
            plain = to_plain(sentence)
            if _CODES.search(plain) and calls_ignored(plain) and not _CONDITION.search(plain):
                yield plain, [named] if named else _find_subjects(draft, sentence)


def _find_subjects(draft: Draft, sentence: str) -> list[str]:
    """Find the resources of a sentence: those before its colon, `404 on lines: …`, else all."""
    head = sentence.partition(":")[0]
    names = find_names(draft, head) if _CODES.search(to_plain(head)) else []
    return names or find_names(draft, sentence)


def calls_ignored(plain: str) -> bool:
    """Return whether a sentence says of responses that they are ignored, and does not deny it."""
    is_usual = any(code in plain for code in _USUAL)
    is_ignored = _IGNORED.search(plain) or (is_usual and _HARMLESS.search(plain))
    then = _THEN.search(plain)
    said = then[0] if then else _HARMLESS.sub("", plain)
    is_refused = _REFUSED.search(said) or (_TOKENS.search(said) and not _REFERS.search(said))
    return bool(is_ignored) and not is_refused


def sets_apart(text: str) -> bool:
    """Return whether a text sets resources apart: except for `users`."""
    return _APART.search(text) is not None


def _join_clauses(line: Line) -> list[str]:
    """List the clauses of a line; what is ignored may be in the one before: `It is ignored.`"""
    sentences: list[str] = []
    for sentence in line.clauses:
        is_rest = sentences and sentences[-1].endswith(";") and not _CODES.search(sentence)
        if is_rest or (sentences and _CODES.search(sentences[-1]) and _REFERS.match(sentence)):
            sentences[-1] += f" {sentence}"
        else:
            sentences.append(sentence)
    return sentences


def find_names(draft: Draft, sentence: str) -> list[str]:
    """Find the resources that a sentence quotes, or speaks of by their name."""
    mentions = find_mentions(sentence, draft.by_name)
    if names := [m.resource for m in mentions if m.mark and m.resource]:
        return names
    names = _find_mentioned(draft, to_plain(sentence))
    if names or _BELOW.search(sentence):
        return names
    code = _CODES.search(sentence)
    words = re.findall(r"\w+", sentence[code.end() if code else 0 :].lower())
    return [name for name in _list_children(draft) if name in words]


def _list_children(draft: Draft) -> list[str]:
    return [name for name in draft.by_name if list_parents(draft, name)]


def _list_of_values(draft: Draft) -> list[str]:
    """List the resources that are requested for each value of a list."""
    return [name for name, resource in draft.by_name.items() if _has_values(resource)]


def _has_values(resource: Json) -> bool:
    params = (resource["endpoint"].get("params") or {}).values()
    return any(isinstance(value, dict) and value.get("type") == "each" for value in params)


def _list_mentioned(draft: Draft, text: str) -> set[str]:
    """List the resources that a text mentions, in words too."""
    return set(list_texts(take_apart(text, draft.by_name, _NO_NAMES), "resource"))


def _read_codes(text: str) -> list[int]:
    """Read the statuses of a text, each once."""
    codes = [one or other for one, other in _CODES.findall(text)]
    return [int(code) for code in dict.fromkeys(codes)]


def _find_mentioned(draft: Draft, text: str) -> list[str]:
    """Find the children that a sentence mentions in words, or calls those of their parent."""
    mentioned = _list_mentioned(draft, text)
    parents = {name: set(list_parents(draft, name)) for name in draft.by_name}
    if _BELOW.search(text):
        return [name for name in draft.by_name if parents[name] & mentioned]
    children = [name for name in draft.by_name if name in mentioned and parents[name]]
    above = set[str]().union(*(parents[name] for name in children))
    return children if mentioned <= {*children, *above} else []


def _find_children(draft: Draft, children: list[str], sentence: str) -> list[str]:
    """Find the children that a sentence speaks of, else those of the parent; all for neither."""
    code = _CODES.search(sentence)
    before = sentence[: code.start()] if code else sentence
    mentioned = _list_mentioned(draft, before)
    words = {to_valid_name(word) for word in before.split()}
    of_parent = [name for name in children if mentioned & set(list_parents(draft, name))]
    own = [name for name in of_parent if name in mentioned or name.split("_")[-1] in words]
    return own or of_parent or ([] if mentioned else children)


def _ignore(draft: Draft, resource: Json, codes: list[int]) -> None:
    endpoint = resource["endpoint"]
    actions = endpoint.get("response_actions") or []
    known = [action.get("status_code") for action in actions if isinstance(action, dict)]
    for code in [code for code in codes if code not in known]:
        add_actions(endpoint, [{"status_code": code, "action": "ignore"}])
        whole = "a value has no rows" if _has_values(resource) else "it has no rows"
        of = "a parent has no rows" if list_parents(draft, resource["name"]) else whole
        draft.log.assume(resource["name"], f"{code} means that {of}, as the prose says")
