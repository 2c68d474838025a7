"""Takes the error handler of a block of code that is not the configuration itself."""

import re
from typing import Any

from analytics_ingest.common.json_tree import copy_tree, walk
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.markdown import Block, Document, split_clauses
from analytics_ingest.convert.python.values import Definition

_DENIED = re.compile(
    r"\b(?:do|does|did|should|must|need|is|are)(?: not|n['\u2019]t) (?:be |to be )?(?:\w+ )?"
    r"(?:add|us|declar|configur|set|includ|cop|tak|appl|need|part)\w*"
    r"|\b(?:never|avoid|instead of|no longer|old|previous(?:ly)?|former(?:ly)?|legacy"
    r"|deprecated)\b",
    re.IGNORECASE,
)
"""What the clause above code says that is no longer so, or not to be done."""


def add_error_handler(
    configuration: Json, other: Definition, document: Document, log: ConversionLog
) -> None:
    """Add the error handler of a dict to the resource that it is of, else to all.

    A configuration that has one keeps it; code that the sentence above denies is not taken.
    """
    handler = _find_handler(other.value)
    if handler is None or any("error_handler" in part for part in _iterate_dicts(configuration)):
        return
    code = f"the code on line {other.line}"
    if _is_denied(document, other.line):
        reason = "the line above the code does not advise it"
        log.assume(None, f"error_handler in {code} is not used: {reason}")
        return
    resources = configuration["resources"]
    owner, of = _find_owner(document, other.line, resources), ""
    holder: Any = owner
    if owner is None or not isinstance(owner.get("endpoint"), dict):
        holder, of = configuration.setdefault("resource_defaults", {}), " of all resources"
    if isinstance(holder, dict) and isinstance(holder.setdefault("endpoint", {}), dict):
        holder["endpoint"]["error_handler"] = copy_tree(handler)
        name = str(owner.get("name")) if owner and not of and len(resources) > 1 else None
        log.take(name, "error_handler", code, of=of)


def _is_denied(document: Document, line: int) -> bool:
    """Return whether the last clause above the block of a line of code denies it."""
    above, last = "", ""
    for part in document.parts:
        if isinstance(part, Block) and part.line <= line:
            last = above
        above = "" if isinstance(part, Block) else part.text
    return _DENIED.search(split_clauses(last)[-1]) is not None


def _iterate_dicts(value: Any) -> list[Json]:
    return [part for part in walk(value) if isinstance(part, dict)]


def _find_handler(value: Any) -> Json | None:
    """Find the first error handler, or the first dict that holds a key of one."""
    for part in _iterate_dicts(value):
        block = part if "retry_on_status_codes" in part else part.get("error_handler")
        if isinstance(block, dict):
            return block
    return None


def _find_owner(document: Document, line: int, resources: Any) -> Json | None:
    """Find the resource that the heading above a line of code names; else the only one."""
    listed = resources if isinstance(resources, list) else []
    blocks = [resource for resource in listed if isinstance(resource, dict)]
    if len(listed) == 1:
        return blocks[0] if blocks else None
    above = [block for block in document.blocks if block.line <= line]
    headings = above[-1].headings if above else ()
    names = {_spell(heading) for heading in headings}
    return next((block for block in blocks if _spell(str(block.get("name"))) in names), None)


def _spell(text: str) -> str:
    """Spell the name of a resource in one way."""
    return re.sub(r"\W+", "_", text).strip("_").lower()
