"""The command `check`: finds the problems of all declarations, each with its file and line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics_ingest.components.check_declaration import check_declaration
from analytics_ingest.components.component_files import (
    Document,
    Problem,
    UnreadableFileError,
    find_files,
    read_documents,
)
from analytics_ingest.components.dynamic_rest_api import DynamicRestApi
from analytics_ingest.components.rest_api import RestApi
from analytics_ingest.declaration.errors import Place
from analytics_ingest.project_discovery import Project

_PACKAGE = "analytics_ingest."
_TYPES = tuple(
    f"{package}.{component.__name__}"
    for component in (RestApi, DynamicRestApi)
    for package in ("analytics_ingest", "analytics_ingest.components", component.__module__)
)


@dataclass(frozen=True)
class CheckResult:
    """How many declarations were checked, and what is wrong."""

    declarations: int
    problems: list[Problem]

    @property
    def summary(self) -> str:
        """Both numbers, as a sentence."""
        number, wrong = self.declarations, len(self.problems)
        declarations = f"{number} declaration{'' if number == 1 else 's'}"
        problems = f"{wrong} problem{'' if wrong == 1 else 's'}" if wrong else "nothing is wrong"
        return f"Checked {declarations}: {problems}."


def check_project(names: Sequence[str], project: Project) -> CheckResult:
    """Check the declarations of a project, all unless some are named.

    Raises:
        DeclarationError: A named API is not declared.
    """
    documents: list[Document] = []
    problems: list[Problem] = []
    for path in find_files(project.defs):
        try:
            documents += read_documents(path)
        except UnreadableFileError as error:
            problems.append(error.problem)
    problems += [problem for document in documents for problem in _check_type(document)]
    declarations = [document for document in documents if _read_type(document) in _TYPES]
    _check_names(names, {*(d.api for d in declarations), *(p.path.parent.name for p in problems)})
    checked = [d for d in declarations if not names or d.api in names]
    for declaration in checked:
        problems += check_declaration(declaration, project.folder)
    problems += _find_duplicates(declarations)
    return CheckResult(
        len(checked), [p for p in problems if not names or p.path.parent.name in names]
    )


def _check_names(names: Sequence[str], declared: set[str]) -> None:
    for name in names:
        if name not in declared:
            known = f"declared are {', '.join(sorted(declared))}"
            hint = known if declared else "the project has none"
            raise Place(name).build_error("folder", f"there is no declaration of it; {hint}")


def _read_type(document: Document) -> Any:
    return document.value.get("type") if isinstance(document.value, Mapping) else None


def _check_type(document: Document) -> Iterator[Problem]:
    name = _read_type(document)
    if not isinstance(name, str):
        yield document.build_problem(f"names no component; write type: {_TYPES[0]}", ["type"])
    elif name.startswith(_PACKAGE) and name not in _TYPES:
        yield document.build_problem(f"type: {name} does not exist; write {_TYPES[0]}", ["type"])


def _find_duplicates(declarations: Sequence[Document]) -> Iterator[Problem]:
    first: dict[str, Document] = {}
    for declaration in declarations:
        if (other := first.setdefault(declaration.api, declaration)) is not declaration:
            text = f"{declaration.api}: {other.path} declares it too; rename one of the folders"
            yield declaration.build_problem(text)
