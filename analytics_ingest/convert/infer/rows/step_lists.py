"""Takes lists of steps that the code of a document holds outside its configuration.

The following transformations are applied to the records of both resources:

    transformations = [{"type": "remove_fields", "field_pointers": [["notes"]]}]

The heading above, the sentence above, or the name of the list says of which resources. A list of
which that is not clear, and one that the sentence does not advise, is logged.
"""

import re
from collections.abc import Collection, Iterator
from itertools import takewhile
from typing import Any

from analytics_ingest.common.json_tree import copy_tree
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.rows.fragments import is_fragment
from analytics_ingest.convert.infer.rows.step_code import (
    StepList,
    StepListReader,
    find_key,
    is_step_list,
)
from analytics_ingest.convert.markdown import Block, Line
from analytics_ingest.convert.prose.rows.row_subjects import Surroundings, list_group
from analytics_ingest.convert.prose.text.mentions import find_mentions, list_excepted
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import (
    is_conditional,
    is_on_something_else,
    is_outdated,
    is_statement,
)

_KEYS = ("processing_steps", "transformations")
_ELSEWHERE = re.compile(
    r"\b(?:downstream|warehouse|dbt|responses?|after (?:the |each )?load\w*)\b", re.IGNORECASE
)
"""What is said of steps that a load does not do, or of something else."""


def add_step_lists(draft: Draft, prose: Prose) -> None:
    """Add the lists to the resources that they are of."""
    reader = StepListReader(prose.document.blocks)
    above, configured = "", _list_configured(draft)
    for part, scope in prose.parts:
        if isinstance(part, Line):
            above = part.text
            continue
        for steps in _iterate_lists(part, reader):
            if steps.value and steps.value not in configured:
                _add(draft, part, steps, scope, f"{above} {_read_comment(part)}")
        above = ""


def _iterate_lists(block: Block, reader: StepListReader) -> Iterator[StepList]:
    """Yield the lists of a block, be it code or data."""
    data = block.data
    if is_step_list(data):
        yield StepList(find_key(data), data)
    elif isinstance(data, dict):
        named = [key for key in _KEYS if key in data] if is_fragment(data) else []
        yield from (StepList(key, data[key]) for key in named)
    elif data is None:
        yield from reader.read(block)


def _read_comment(block: Block) -> str:
    """Read the lines of comments with which a block begins."""
    lines = takewhile(lambda line: line.startswith("#"), block.text.splitlines())
    return " ".join(line.strip("# ") for line in lines)


def _add(draft: Draft, block: Block, steps: StepList, scope: tuple[str, ...], above: str) -> None:
    around = scope or ((draft.only_name,) if draft.only_name else ())
    if around and block.data is not None and steps.key == "transformations":
        return  # See `fragments`.
    names = _find_resources(draft, steps, around, above)
    code = f"{steps.key} in the code on line {block.line}"
    if not _is_advised(block, above):
        reason = "the line above the code does not advise it"
        for name in names or (None,):
            draft.log.assume(name, f"{code} is not used: {reason}")
        return
    if not names:
        draft.log.assume(None, f"{code} is not used: it is not clear of which resource it is")
    for name in names:
        value = steps.value[name] if isinstance(steps.value, dict) else steps.value
        _give(draft, name, steps.key, value, code)


def _list_configured(draft: Draft) -> list[Any]:
    """List the steps that the configuration has, which code may repeat."""
    holders = [draft.defaults, draft.shared]
    holders += [holder for r in draft.resources for holder in (r, r["endpoint"])]
    return [holder[key] for holder in holders for key in _KEYS if key in holder]


def _is_advised(block: Block, above: str) -> bool:
    """Return whether the line above a list, and its headings, say that the steps are done."""
    if any(is_outdated(text) or is_on_something_else(text) for text in block.headings[1:]):
        return False
    return is_statement(above) and not (is_conditional(above) or _ELSEWHERE.search(above))


def _give(draft: Draft, name: str, key: str, value: Any, code: str) -> None:
    """Give steps to a resource that has none."""
    resource = draft.by_name[name]
    holders = (draft.defaults, draft.shared, resource, resource["endpoint"])
    if not isinstance(value, list) or not value:
        draft.log.assume(name, f"{code} is not used: it is not a list of steps")
    elif any(own in holder for holder in holders for own in _KEYS):
        draft.log.assume(name, f"{code} is not used: the configuration has its own")
    else:
        resource[key] = copy_tree(value)
        draft.log.take(name, key, code.partition(" in ")[2])


def _find_resources(
    draft: Draft, steps: StepList, around: Collection[str], above: str
) -> Collection[str]:
    """Find the resources of a list: by its name or keys, else by what is around and above it."""
    if isinstance(steps.value, dict):
        return steps.value if steps.value.keys() <= draft.by_name.keys() else ()
    if steps.resource:
        return (steps.resource,) if steps.resource in draft.by_name else ()
    said = _find_said(draft, above)
    if said is None:
        return ()
    if not said or not around or {*said} == {*around}:
        return said or around
    is_narrower = len(around) > 1 and {*said} < {*around}
    return said if is_narrower else ()


def _find_said(draft: Draft, text: str) -> Collection[str] | None:
    """Find the resources that a sentence names; None where it is not clear which."""
    mentions = find_mentions(text, draft.by_name)
    named = [mention for mention in mentions if mention.names]
    if list_excepted(text, named) or any(len(m.names) > 1 or not m.is_whole for m in named):
        return None
    stated = dict.fromkeys(mention.names[0] for mention in named)
    group = list_group(text.lower(), Surroundings(tuple(draft.by_name))) or ()
    return None if stated and group and {*stated} != {*group} else [*stated] or group
