"""The decoder block: how the body of a response becomes rows, where it is not plain JSON."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from analytics_ingest.declaration.models.base import DeclarationModel

Compression = Literal["gzip", "zip"]

_OF_CSV = ("delimiter", "quote", "header", "columns", "nulls")


class Decoder(DeclarationModel):
    """How the body of a response becomes rows, where it is not plain JSON."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    type: Literal["json", "jsonl", "csv", "xml", "lines"] = "json"
    """jsonl: a row is a line of JSON. csv: a row is a record, its values are texts. xml: elements
    are objects, their attributes @<name>, their text #text. lines: a row is {record: <line>}. A
    bare string is the type."""
    compression: Compression | list[Compression] | None = None
    """gzip or zip, the outer one first; all members of a zip file are read. A body that is not
    gzip is read as it is."""
    encoding: str | None = None
    """Encoding of the text; without it UTF-8, and where it is not, the charset of Content-Type."""
    delimiter: str = ","
    """csv: character between two values."""
    quote: str = '"'
    """csv: character around a value; empty where values are never quoted."""
    header: bool = True
    """csv: whether the first line holds the names of the columns."""
    columns: list[str] = Field(default_factory=list)
    """csv: names of the columns, in place of those in the header."""
    nulls: list[str] = Field(default_factory=lambda: [""])
    """csv: values that are null; [] keeps empty texts."""

    @property
    def is_plain(self) -> bool:
        """Whether bodies are JSON as they come."""
        return self.type == "json" and not self.compressions and self.encoding is None

    @property
    def is_row_based(self) -> bool:
        """Whether a body is rows and nothing else."""
        return self.type not in ("json", "xml")

    @property
    def compressions(self) -> list[Compression]:
        """What the body is compressed by, the outer one first."""
        declared = self.compression or []
        return declared if isinstance(declared, list) else [declared]

    @property
    def has_members(self) -> bool:
        """Whether a body is a zip file, of none, one or several parts."""
        return "zip" in self.compressions

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"type": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _check(self) -> "Decoder":
        problem = next(self._find_problems(), None)
        if problem:
            raise ValueError(problem)
        return self

    def _find_problems(self) -> Iterator[str]:
        if self.encoding is not None and not _is_text_encoding(self.encoding):
            yield f"encoding '{self.encoding}' is unknown; write e.g. utf-8 or latin-1"
        if self.type != "csv":
            for key in _OF_CSV:
                if key in self.model_fields_set:
                    yield f"{key} has no effect with type: {self.type}; remove it"
            return
        if len(self.delimiter) != 1 or self.delimiter in "\r\n":
            yield 'delimiter is not one character; for a tab write "\\t"'
        if len(self.quote) > 1 or (self.quote and self.quote in f"\r\n{self.delimiter}"):
            yield "quote is not one character other than the delimiter; it may be empty"
        if not self.header and not self.columns:
            yield "header: false needs columns, the names of the columns in their order"
        if "" in self.columns or len(set(self.columns)) < len(self.columns):
            yield "columns holds an empty name, or one twice"


def _is_text_encoding(name: str) -> bool:
    try:
        b"a".decode(name)
    except LookupError:
        return False
    except UnicodeDecodeError:  # One byte of several.
        return True
    return True
