"""Takes from the prose how responses are decoded, where the configuration names no decoder.

A statement on a resource counts more than one on all. What has several readings is reported.
"""

import re
from collections.abc import Iterator
from typing import Any

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.fields import is_in_field_section
from analytics_ingest.convert.prose.requests.key_headers import is_in_auth_section
from analytics_ingest.convert.prose.responses.response_formats import (
    ResponseFormat,
    read_format,
    read_response_format,
)
from analytics_ingest.convert.prose.rows.change_labels import is_general
from analytics_ingest.convert.prose.text.line_subjects import find_cell
from analytics_ingest.convert.prose.text.passages import Passage, Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_COLUMN = re.compile(r"(?:(?:response|result|data|body) )?format|responses?", re.IGNORECASE)
_WHOLE = (None, "$", "[]")
_COUNTED = (None, "single_page", "offset", "page_number", "header_link", "header_cursor")
"""Paginators that read no body."""

Named = tuple[str | None, ResponseFormat]
"""A resource, or None for all, and what the prose says of its responses."""


def infer_decoders(draft: Draft, prose: Prose) -> None:
    """Add the decoders that the prose says plainly; log what it says of formats otherwise."""
    formats: dict[str | None, list[ResponseFormat]] = {}
    for name, said in (pair for passage in prose.passages for pair in _read(draft, passage)):
        formats.setdefault(name, []).append(said)
    for resource in draft.resources:
        stated = formats.get(resource["name"]) or formats.get(None) or []
        if stated and "decoder" not in draft.merge_endpoint(resource):
            _add_decoder(draft, resource, stated)


def _read(draft: Draft, passage: Passage) -> Iterator[Named]:
    """Yield what the clauses of a line, or a cell of a row, say of formats."""
    line = passage.line
    if line.is_heading or is_in_auth_section(line) or is_in_field_section(line):
        return
    if line.cells:
        cell = find_cell(line, _COLUMN, passage.resources)
        if cell and (said := read_format(cell[1])) and is_statement(cell[1]):
            yield cell[0], said
        return
    for clause in line.clauses:
        said = read_response_format(clause)
        if said and is_statement(clause) and not is_conditional(clause):
            names = _find_names(draft, passage, line, said)
            if said.decoder != {} and not names and not said.is_of_name:
                of = f" of {said.endpoint}" if said.endpoint else ""
                reason = f"the prose speaks of {said.title} responses{of}: declare decoder"
                draft.log.assume(None, reason)
            yield from ((name, said) for name in names)


def _find_names(
    draft: Draft, passage: Passage, line: Line, said: ResponseFormat
) -> tuple[str | None, ...]:
    """Find the resources that a statement is about; empty where that is not clear."""
    if said.endpoint:
        named = _find_endpoint(draft, said.endpoint)
        return (named,) if named else ()
    if passage.scope:
        return passage.scope
    return (None,) if said.is_of_all and (is_general(line) or draft.only_name) else ()


def _find_endpoint(draft: Draft, text: str) -> str | None:
    """Find the one resource whose name or path a text is, or that has it as a word."""
    plain = re.sub(r"^(?:GET|POST)\s+", "", text).strip("/").lower()
    paths = {name: str(r["endpoint"].get("path")).strip("/") for name, r in draft.by_name.items()}
    exact = [n for n, path in paths.items() if plain in (n, path.lower())]
    words = [n for n, path in paths.items() if plain in re.split(r"[\W_]+", f"{n}/{path}".lower())]
    matching = exact or words
    return matching[0] if len(matching) == 1 else None


def _add_decoder(draft: Draft, resource: Json, stated: list[ResponseFormat]) -> None:
    """Add the decoder of a resource if all that is stated is one that its other keys fit."""
    name, decoder = resource["name"], stated[0].decoder
    is_one = decoder is not None and all(each.decoder == decoder for each in stated)
    if is_one and not decoder:
        return
    if is_one and decoder and _fits(draft, resource, decoder):
        short = decoder["type"] if set(decoder) == {"type"} else decoder
        resource["endpoint"]["decoder"] = short
        key, reason = "endpoint.decoder", f"its responses are read as {_describe(decoder)}"
        draft.log.assume(name, f"{reason}, as the prose says", key=key, comment=FROM_TEXT)
        return
    titles = " or ".join(dict.fromkeys(each.title for each in stated))
    draft.log.assume(name, f"the prose speaks of {titles} responses: declare decoder")


def _fits(draft: Draft, resource: Json, decoder: Json) -> bool:
    """Return whether a decoder fits the place of the rows, and the paginator."""
    selector = draft.merge_endpoint(resource).get("data_selector")
    if decoder["type"] in ("json", "xml"):
        is_zip = "zip" in str(decoder.get("compression")).replace("gzip", "")
        return not is_zip and (decoder["type"] == "json" or selector not in _WHOLE)
    paginator: Any = draft.find_paginator(resource)
    kind = paginator.get("type") if isinstance(paginator, dict) else paginator
    return selector in _WHOLE and kind in _COUNTED and not _reads_body(paginator)


def _reads_body(paginator: Any) -> bool:
    """Return whether a paginator that counts looks for a total or a flag in the body."""
    keys = paginator if isinstance(paginator, dict) else {}
    return any(keys.get(key) for key in ("total_path", "total_pages_path", "has_more_path"))


def _describe(decoder: Json) -> str:
    compression = decoder.get("compression") or []
    listed = compression if isinstance(compression, list) else [compression]
    return " in ".join([decoder["type"], *reversed(listed)])
