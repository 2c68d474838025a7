"""YAML that is edited and keeps its layout: indentation, comments, quotes, anchors."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from ruamel.yaml import YAML
from ruamel.yaml.comments import Comment, CommentedMap, Format
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.schema_text import format_scalar

_WIDE = 10_000
_EMPTY_LINES = r"(?:[ \t]*(?:#.*)?\n)*"
_NESTED = re.compile(rf"^[^\s#-].*:[ \t]*(?:#.*)?\n{_EMPTY_LINES}( +)[^\s#-]", re.MULTILINE)
_LISTED = re.compile(
    rf"^(?P<above> *)[^\s#-].*:[ \t]*(?:#.*)?\n{_EMPTY_LINES}(?P<before> *)(?P<dash>- +)",
    re.MULTILINE,
)
"""The first block in a block, and the first list: their indentation."""


def _represent_null(representer: RoundTripRepresenter, _: None) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


class _Representer(RoundTripRepresenter):
    """Writes null by its name, where ruamel writes nothing."""

    yaml_representers: ClassVar[Any] = {
        **RoundTripRepresenter.yaml_representers,
        type(None): _represent_null,
    }


def build_editor(text: str) -> YAML:
    """Return what reads a text, and writes it in the same layout."""
    editor = YAML()
    editor.Representer = _Representer
    editor.explicit_start = text.startswith("---")
    nested = _NESTED.search(text)
    listed = _LISTED.search(text)
    offset = len(listed["before"]) - len(listed["above"]) if listed else 2
    sequence = offset + (len(listed["dash"]) if listed else 2)
    editor.indent(mapping=len(nested[1]) if nested else 2, sequence=sequence, offset=offset)
    editor.preserve_quotes, editor.width = True, _WIDE
    return editor


def quote(value: Any) -> Any:
    """Return a value with its texts in quotes where YAML would read something else."""
    if isinstance(value, Mapping):
        return {key: quote(item) for key, item in value.items()}
    if isinstance(value, str) and format_scalar(value) != value:
        return DoubleQuotedScalarString(value)
    return value


def copy_unshared(block: Any) -> Any:
    """Return a copy of a block to correct, so that its aliases and what merges it stay."""
    own = CommentedMap(block)
    for attribute in (Comment.attrib, Format.attrib):
        if hasattr(block, attribute):
            setattr(own, attribute, getattr(block, attribute))
    return own


def is_shared(block: Any) -> bool:
    """Return whether aliases may lead to a block."""
    return isinstance(block, CommentedMap) and block.anchor.value is not None


def replace_file(path: Path, text: str) -> None:
    """Write a file next to its place, and then move it there."""
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_bytes(text.encode())
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        problem = f"cannot be written: {error.strerror}"
        raise Place(path.parent.name).build_error(path.name, problem) from None
