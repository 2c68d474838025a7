"""Takes from the prose how the bounds of a window are written, and how long one is at most.

Only lines on a parameter that sends a bound, or on the window as such, are read.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields import Fields
from analytics_ingest.convert.prose.passages import Prose
from analytics_ingest.convert.prose.sentences import (
    is_on_all_times,
    is_on_other_source,
    is_statement,
)
from analytics_ingest.convert.prose.time_examples import find_bound_pattern
from analytics_ingest.declaration.airbyte.durations import read_duration
from analytics_ingest.declaration.airbyte.incremental_sync import EPOCHS, find_sent_bounds

_STEP = re.compile(r"\bstep`?:?\s*[`\"']?(P[\dTDWMYHS]+)")
_ON_WINDOWS = re.compile(
    r"\b(?:windows?|(?:lower |upper |two |both )?bounds?|datetime_format|at once|at a time)\b"
    rf"|{_STEP.pattern}",
    re.IGNORECASE,
)
_PATTERN = re.compile(r"[`\"'](%[\w%:.,/ TZ+-]*[\w%])[`\"']")
_LETTERS = re.compile(
    r"`((?:YYYY|MM|DD)(?:YYYY|MM|DD|HH|SS|'?[TZ]'?|[-/.: ]|(?<=\.)[msf]{3,6}){1,20})`",
    re.IGNORECASE,
)
_DEFAULT = "%Y-%m-%dT%H:%M:%SZ"
_BLOCKS = ("params", "json", "data", "headers")
_ON_ALL = re.compile(
    r"^\W*(?:the )?(?:windows?|intervals?|bounds?|date ranges?) (?:format|length|size)s?\b"
    r"|\bthe (?:date|time) parameters\b"
    r"|\b(?:timestamps|dates|times|date-?times) in (?:the |all )?(?:request )?parameters\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"`[^`]*`")
_SECONDS = re.compile(r"\b(unix|epoch)\b(?!.*\bmilli)", re.IGNORECASE)
_MILLISECONDS = re.compile(r"\b(?:unix|epoch)\b.*\bmilli\s?sec|\bmilli\s?sec\w*\b.*\bepoch\b", re.I)
_MOST = re.compile(
    r"\b(?:at most|no more than|not more than|maximum(?: of)?|up to|longer than|more than)\s+"
    r"(\d+|one|a|two|three|seven|ten|thirty)\s+(?:calendar )?(days?|weeks?|hours?|months?)\b",
    re.IGNORECASE,
)
_NUMBERS = {"one": 1, "a": 1, "two": 2, "three": 3, "seven": 7, "ten": 10, "thirty": 30}
_SHORTEST_MONTH = 28
"""Days."""
_NO_MORE = re.compile(
    r"\b(?:no|not|never) (?:more|longer) than\b"
    r"|\b(?:(?:may|can|could|must|should) ?(?:not|n't)|(?:may|can|must) (?!be (?:longer|more)))"
    r" ?(?:be|span|cover|hold|last|exceed)\b"
    r"|\bwithout (?:an? )?(?:time ?zone|zone|offset|milliseconds|fraction\w*)\b"
    r"|\bwithout\b[^.;]*\b(?:rejected|refused|fails)\b",
    re.IGNORECASE,
)
"""How a limit is put, though it denies or allows something."""
_OTHER = re.compile(
    r"\b(?:respon[sd]\w*|answer\w*|returns?|returned|rate"
    r"|limit(?:s|ed)? (?:of|to) \d+ requests"
    r"|requests? (?:per|a|an|each)|back-?\s?off|retr(?:y|ies)|repeat\w*|history|kept|retention)\b",
    re.IGNORECASE,
)
_RETURNS = re.compile(r",? and (?:returns?|answers?|responds?)\b.*", re.IGNORECASE)
"""What a sentence on a request adds on its response."""
_SPAN = re.compile(
    r"\b(request|windows?|periods?|range|spans?|apart|between|at once|at a time)\b", re.I
)


def infer_windows(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Add the format and the length of the windows that requests send."""
    lines = list(prose.iterate_lines())
    quoted_by_name = {
        resource["name"]: quote_params(resource, draft.find_incremental(resource))
        for resource in draft.resources
    }
    all_quoted = set().union(*quoted_by_name.values())
    for resource in draft.resources:
        incremental, sent = draft.find_incremental(resource), find_bounds(draft, resource)
        if not sent or not isinstance(incremental, dict):
            continue
        quoted = quoted_by_name[resource["name"]]
        others = all_quoted.difference(quoted)
        sentences = [
            text
            for text in _iterate_sentences(draft, lines, resource, quoted)
            if _holds_any(text, quoted) or not _holds_any(text, others)
        ]
        own: Json = {}
        if "param_format" not in incremental:
            named = [text for text in sentences if _holds_any(text, quoted)]
            texts = named if any(map(find_pattern, named)) else sentences
            own |= _find_format(texts, incremental, fields.get(resource["name"], Fields()))
        if "max_window" not in incremental and sent == {"start", "end"}:
            own |= _find_length(sentences)
        for key, value in own.items():
            reason = f"incremental.{key} is {value}, as the prose says"
            place = f"endpoint.incremental.{key}"
            draft.log.assume(resource["name"], reason, key=place, comment=FROM_TEXT)
        if own:
            draft.add_to_incremental(resource, own)
    for incremental in draft.list_blocks("incremental"):
        if incremental.get("param_format") == "iso8601":
            del incremental["param_format"]


def _iterate_sentences(
    draft: Draft, lines: list[tuple[Line, str | None]], resource: Json, quoted: list[str]
) -> Iterator[str]:
    """Yield the sentences on the windows of a resource."""
    for line, named in lines:
        if named not in (None, resource["name"]) and f"`{resource['name']}`" not in line.text:
            continue
        names_bound = _holds_any(line.text, quoted)
        is_own = (named or draft.only_name) == resource["name"]
        is_on_all = named is None and (_ON_ALL.search(line.text) or is_on_all_times(line.text))
        is_on_own = is_own and _ON_WINDOWS.search(line.text)
        if names_bound or is_on_all or is_on_own:
            texts = (_RETURNS.sub("", text) for text in line.clauses)
            yield from filter(_is_on_requests, texts)


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


def _holds_any(text: str, names: Collection[str]) -> bool:
    return any(name in text for name in names)


def _is_on_requests(sentence: str) -> bool:
    """Return whether a sentence states something of requests, not of responses or limits."""
    said = _QUOTED.sub("``", sentence)
    is_other = _OTHER.search(said) or is_on_other_source(said)
    return is_statement(remove_limits(sentence)) and not is_other


def remove_limits(sentence: str) -> str:
    """Remove how a sentence puts a limit: by what it denies or allows."""
    return _NO_MORE.sub("", sentence)


def read_number(text: str) -> int:
    """Read a number in digits, or a small one in letters."""
    return _NUMBERS.get(text.lower()) or int(text)


def find_pattern(text: str) -> str | None:
    """Find a format that a text names, as strptime or `YYYY-MM-DD` write it; None without one."""
    if pattern := _PATTERN.search(text):
        return EPOCHS.get(pattern[1], pattern[1])
    if letters := _LETTERS.search(text):
        return _write_pattern(letters[1])
    return find_bound_pattern(text)


def _find_format(sentences: list[str], incremental: Json, fields: Fields) -> Json:
    for sentence in sentences:
        if kind := find_pattern(sentence):
            return {} if kind == _DEFAULT else {"param_format": kind}
        if _MILLISECONDS.search(sentence):
            return {"param_format": "epoch_ms"}
        if _SECONDS.search(sentence):
            return {"param_format": "epoch_s"}
    kind = fields.types.get(str(incremental.get("cursor_path")), "").rstrip("?")
    return {"param_format": "%Y-%m-%d"} if kind == "date" else {}


def _write_pattern(letters: str) -> str:
    """Write `YYYY-MM-DDTHH:MM:SS.mmmZ` as strptime does; bounds are whole seconds."""
    fractions = re.compile(r"(?<=\.)[msf]{3,6}", re.IGNORECASE)
    text = fractions.sub(lambda match: "0" * len(match[0]), letters.replace("'", ""))
    begin = re.search(r"hh", text, re.IGNORECASE)
    split = begin.start() if begin else len(text)
    day, time = text[:split], text[split:]
    for token, code in (("yyyy", "%Y"), ("mm", "%m"), ("dd", "%d")):
        day = re.sub(token, code, day, flags=re.IGNORECASE)
    for token, code in (("hh", "%H"), ("mm", "%M"), ("ss", "%S")):
        time = re.sub(token, code, time, flags=re.IGNORECASE)
    return day + time


def _find_length(sentences: list[str]) -> Json:
    for sentence in sentences:
        if (step := _STEP.search(sentence)) and (length := read_duration(step[1])):
            return {"max_window": length}
        if (most := _MOST.search(sentence)) and _SPAN.search(sentence):
            number, unit = read_number(most[1]), most[2][0].lower()
            length = f"{number * _SHORTEST_MONTH}d" if unit == "m" else f"{number}{unit}"
            return {"max_window": length}
    return {}
