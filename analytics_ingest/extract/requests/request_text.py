"""Fills the texts of a request: placeholders in single braces, and Airbyte's expressions.

What an expression gives is sent as airbyte-cdk sends it: nothing where it is empty or null, a list
as several parameters, and in a JSON body a number or a list where the text reads as one.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from dlt.sources.rest_api.config_setup import expand_placeholders

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.expressions.text import (
    Embedded,
    has_expression,
    interpret_value,
    render,
    split_text,
)
from analytics_ingest.common.json_tree import DROPPED, spell, spell_all, spell_date

_IN_PATHS = "/:,;=@%?&+~"
"""Characters that the result of an expression may put into a path."""


@dataclass(frozen=True)
class RequestValues:
    """What fills the texts of one request.

    Args:
        place: What declares the request, for messages: `api.resource: endpoint`.
        values: By placeholder.
        texts: The same as they are sent in text.
        variables: By the names that expressions use.
        note_derived: Called with each text that an expression has made of settings: it is secret.
    """

    place: str
    values: dict[str, Any]
    texts: dict[str, Any]
    variables: Mapping[str, Any]
    note_derived: Callable[[str], None]

    def evaluate(self, part: Embedded, key: str) -> Any:
        """Return the value of an expression.

        Args:
            key: What declares it, for messages.
        """
        from analytics_ingest.common.expressions.evaluate import evaluate

        value = evaluate(part.source, self.variables, f"{self.place}.{key}:")
        if part.references.job and value in (None, ""):
            raise ApiError(
                f"{self.place}.{key}: '{part.source}' gives nothing; compare it with a response of "
                "the job's requests"
            )
        if isinstance(value, str) and part.references.settings and value not in part.source:
            self.note_derived(value)
        return value

    def fill(self, text: Any, key: str) -> Any:
        """Return a text with its placeholders and expressions filled in."""
        parts = _split_parts(text)
        if parts is None:
            return expand_placeholders(text, self.texts)
        return "".join(self._render(parts, key))

    def fill_param(self, value: Any, key: str) -> Any:
        """Return a query parameter or field of a form; None where its expression gives nothing.

        An object is sent as JSON, each item of a list by itself.
        """
        if isinstance(value, Mapping):
            return json.dumps(self.fill_json(value, key), ensure_ascii=False)
        if isinstance(value, list):
            return [self.fill_param(item, key) for item in value]
        parts = _split_parts(value)
        if parts is None:
            return spell_all(expand_placeholders(value, self.texts))
        result = self._evaluate(parts, key)
        if isinstance(result, list):
            return spell_all(result) or None
        read = interpret_value(result)
        return read if read is None or isinstance(read, str | list) else render(result)

    def fill_header(self, value: Any, key: str) -> str | None:
        """Return a header; None where it is not sent."""
        parts = _split_parts(value)
        if value is None or parts is None:
            text = expand_placeholders(value, self.texts)
            return text if text is None else str(spell(text))
        return "".join(self._render(parts, key)) or None

    def fill_json(self, body: Any, key: str) -> Any:
        """Fill a JSON body: a placeholder alone becomes the value, one within text its spelling."""
        if isinstance(body, Mapping):
            filled = {
                self.fill(name, key): self.fill_json(item, key) for name, item in body.items()
            }
            return {name: item for name, item in filled.items() if item is not DROPPED}
        if isinstance(body, list):
            items = [self.fill_json(item, key) for item in body]
            return [None if item is DROPPED else item for item in items]
        parts = _split_parts(body)
        if parts is not None:
            value = interpret_value(self._evaluate(parts, key))
            return DROPPED if value is None else value
        value = expand_placeholders(body, self.values, preserve_value_type=True)
        if isinstance(value, str):
            return expand_placeholders(body, self.texts)
        return spell_date(copy.deepcopy(value))

    def fill_form(self, data: Any, key: str) -> Any:
        """Return the body of a form; a field whose expression gives nothing is not sent."""
        if isinstance(data, Mapping) and has_expression(data):
            fields = {
                self.fill(n, f"{key}.{n}"): self.fill_param(v, f"{key}.{n}")
                for n, v in data.items()
            }
            return {name: value for name, value in fields.items() if value is not None} or []
        return spell_all(self.fill(data, key)) or []

    def fill_path(self, path: str, texts: Mapping[str, Any]) -> str:
        """Return a path, its placeholders quoted.

        Args:
            texts: What fills the placeholders.
        """
        # A path that is a single placeholder takes a whole URL, which must not be quoted.
        is_whole = path.startswith("{") and path.count("{") == 1 and path.endswith("}")
        if not is_whole:
            texts = {name: quote(str(value), safe="") for name, value in texts.items()}
        parts = _split_parts(path)
        if parts is None:
            return expand_placeholders(path, dict(texts))
        if len(parts) == 1 and isinstance(parts[0], Embedded):
            # A response that gives a whole URL has quoted it.
            result = render(self.evaluate(parts[0], "path"))
            return result if result.startswith(("http://", "https://")) else _quote(result)
        filled = ""
        for part in parts:
            if isinstance(part, str):
                piece = expand_placeholders(part, dict(texts))
            else:
                piece = _quote(render(self.evaluate(part, "path")))
            # What an expression gives may begin or end with the slash that is beside it.
            filled += piece.lstrip("/") if filled.endswith("/") else piece
        return filled

    def _evaluate(self, parts: tuple[str | Embedded, ...], key: str) -> Any:
        """Return the value of an expression alone, or of the text that holds it."""
        if len(parts) == 1 and isinstance(parts[0], Embedded):
            return self.evaluate(parts[0], key)
        return "".join(self._render(parts, key))

    def _render(self, parts: tuple[str | Embedded, ...], key: str) -> Iterator[str]:
        for part in parts:
            if isinstance(part, Embedded):
                yield render(self.evaluate(part, key))
            else:
                yield expand_placeholders(part, self.texts)


def _quote(result: str) -> str:
    """Quote the result of an expression in a path."""
    return quote(result, safe=_IN_PATHS)


def _split_parts(text: Any) -> tuple[str | Embedded, ...] | None:
    """Return the parts of a text with expressions; None of any other value."""
    if not isinstance(text, str):
        return None
    parts = split_text(text)
    return None if parts == (text,) or not parts else parts
