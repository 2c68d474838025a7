"""Explains why a document holds no configuration: what was seen, and what to write instead."""

from collections.abc import Iterator

from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.python.statements import Program
from analytics_ingest.convert.python.values import Reference

_NOTHING = (
    "holds no configuration; give one rest_api_source({...}), or a dict with client and resources"
)
_OF_A_CONFIGURATION = (
    *("client", "base_url", "url_base", "authentication", "authenticator", "auth", "requester"),
    *("paginator", "record_selector", "retriever", "definitions", "resources", "streams"),
)
_MOST_KEYS = 4
_NAMES = ("stream", "resource", "name", "table")
_PATHS = ("path", "endpoint", "url")


def explain_no_configuration(document: Document, program: Program) -> str:
    """Return the rest of a sentence that begins with the name of the document."""
    for problem in program.problems[:1]:
        reason = problem.reason
        return f", line {problem.line}: the configuration cannot be read: {reason}; correct it"
    for source in program.definitions:
        if source.is_source and isinstance(source.value, Reference):
            return (
                f", line {source.line}: `{source.value.name}` holds the configuration and is not "
                "defined in the document; add it"
            )
    seen = next(_iterate_seen(document, program), "")
    return f": {_NOTHING}{seen}"


def _iterate_seen(document: Document, program: Program) -> Iterator[str]:
    """Yield what of a document looks like a part of a configuration, the clearest first."""
    for block in document.blocks:
        if block.language in ("yaml", "yml", "json") and block.text.strip() and block.data is None:
            yield f". The block on line {block.line} is not valid {block.language}: correct it"
    objects = [(block.line, block.data) for block in document.blocks]
    for line, value in [*objects, *((d.line, d.value) for d in program.definitions)]:
        known = _OF_A_CONFIGURATION if isinstance(value, dict) else ()
        if keys := [key for key in known if key in value][:_MOST_KEYS]:
            yield (
                f". The block on line {line} has {', '.join(keys)}, but no resources "
                "with paths: add resources, a list of objects that have a name and a path"
            )
    headers = [[cell.lower().strip("`* ") for cell in line.cells] for line in document.lines]
    if any(set(_NAMES) & set(cells) and set(_PATHS) & set(cells) for cells in headers):
        yield (
            ". It has a table of resources, which is not read: write it as resources, a list of "
            "objects that have a name and a path"
        )
