"""The `defs` folder of a project → the documents in its YAML files, with the lines of keys.

Dagster's parser reads them, so that a value is the same here as in a run.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dagster_shared.yaml_utils import parse_yamls_with_source_position
from dagster_shared.yaml_utils.source_position import SourcePositionTree

NAMES = ("defs.yaml", "defs.yml", "component.yaml")
"""What Dagster calls the file of a component; the first that a folder holds counts."""


@dataclass(frozen=True)
class Problem:
    """One mistake, and its line."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{os.path.relpath(self.path)}:{self.line}: {self.text}"


class UnreadableFileError(Exception):
    """Holds the problem of a file that is not YAML."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


@dataclass(frozen=True)
class Document:
    """A document of a YAML file."""

    path: Path
    value: Any
    positions: SourcePositionTree

    @property
    def api(self) -> str:
        """The name of the API that it declares, if it declares one."""
        return self.path.parent.name

    def build_problem(self, text: str, *places: Sequence[int | str]) -> Problem:
        """Build a problem at one of some places: the one that lacks the fewest keys.

        Args:
            places: Paths of keys from the document's root.
        """
        _, line = min(map(self._find, places or [()]), key=lambda match: match[0])
        return Problem(self.path, line, text)

    def holds(self, place: Sequence[int | str]) -> bool:
        """Return whether a path of keys is there."""
        return not self._find(place)[0]

    def _find(self, place: Sequence[int | str]) -> tuple[int, int]:
        """Return how many keys of a path are missing, and the line of the last that is there."""
        tree, missing = self.positions, len(place)
        for key in place:
            children = {str(name): child for name, child in tree.children.items()}
            if str(key) not in children:
                break
            tree, missing = children[str(key)], missing - 1
        return missing, tree.position.start.line


def find_files(defs: Path) -> Iterator[Path]:
    """Find the files of components below a folder, as Dagster does."""
    folders = sorted(path for path in defs.rglob("*") if path.is_dir())
    for folder in folders:
        if not any(part.startswith(".") for part in folder.relative_to(defs).parts):
            yield from [folder / name for name in NAMES if (folder / name).is_file()][:1]


def read_documents(path: Path) -> list[Document]:
    """Read all documents of a file.

    Raises:
        UnreadableFileError: It is not YAML, or not text.
    """
    try:
        trees = parse_yamls_with_source_position(path.read_text(encoding="utf-8"), str(path))
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        text = f"is not YAML: {problem or ' '.join(str(error).split())}"
        raise UnreadableFileError(Problem(path, mark.line + 1 if mark else 1, text)) from None
    except UnicodeDecodeError:
        raise UnreadableFileError(Problem(path, 1, "is not a text in UTF-8")) from None
    return [Document(path, tree.value, tree.source_position_tree) for tree in trees]
