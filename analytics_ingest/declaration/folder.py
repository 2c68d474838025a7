"""The folder of an API, `defs.yaml` and `schema.yaml`, → its declaration, without Dagster."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import yaml

from analytics_ingest.common.collector import pause_collection
from analytics_ingest.declaration.entries.dynamic_resources import (
    build_api,
    describe_outdated,
    select_schema,
)
from analytics_ingest.declaration.entries.listed_resources import (
    ListedResources,
    find_listed_resources,
)
from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.fields import SCHEMA_FILE
from analytics_ingest.declaration.models.dynamic_api import DynamicApi
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest.declaration.resolved import ApiDeclaration

DEFS_FILE = "defs.yaml"
_IS_API = re.compile(r"^type: *analytics_ingest\.[\w.]*\b(Dynamic)?RestApi\b", re.MULTILINE)
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_FASTEST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C, where PyYAML has it, is ten times faster."""


class _Loader(_FASTEST):
    """Takes a date for a text, as Dagster does."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read_folder(folder: Path, schema: Mapping[str, Any] | None = None) -> ApiDeclaration:
    """Read the declaration of the API that a folder is named after.

    Args:
        schema: The content of its `schema.yaml`, where that is known.

    Raises:
        DeclarationError: The declaration is missing, or has a mistake.
    """
    place, path = Place(folder.name), folder / DEFS_FILE
    if not path.is_file():
        names = ", ".join(sorted(p.parent.name for p in folder.parent.glob(f"*/{DEFS_FILE}")))
        hint = f"declared are {names}" if names else "none is declared there"
        raise place.build_error("folder", f"{path} does not exist; {hint}")
    content = _read(path)
    attributes = content.get("attributes") if isinstance(content, Mapping) else None
    if not isinstance(attributes, Mapping):
        raise place.build_error(DEFS_FILE, "has no attributes; declare client and resources")
    component = content.get("type")
    api = build_api(folder.name, component, attributes, folder)
    schema = read_schema(folder) if schema is None else schema
    return resolve(folder.name, api, select_schema(component, api, schema))


def find_outdated(folder: Path) -> str | None:
    """Describe that an API names resources which were not listed as they are declared, if so."""
    path = folder / DEFS_FILE
    kind = _IS_API.search(path.read_text("utf-8", "replace"))
    if not kind or not kind[1]:
        return None
    declared = DynamicApi.model_validate(_read(path)["attributes"])
    listed = ListedResources.read(find_listed_resources(folder))
    return None if listed.is_of(declared) else describe_outdated(folder.name)


def find_folders(defs: Path) -> list[Path]:
    """Find the folders of APIs below a project's folder of definitions."""
    files = sorted(defs.rglob(DEFS_FILE))
    shown = (p for p in files if not any(part[0] == "." for part in p.relative_to(defs).parts))
    return [path.parent for path in shown if _IS_API.search(path.read_text("utf-8", "replace"))]


def read_schema(folder: Path) -> dict[str, Any]:
    """Read the content of `schema.yaml`; empty where there is none."""
    path = folder / SCHEMA_FILE
    return (_read(path) or {}) if path.exists() else {}


def _read(path: Path) -> Any:
    try:
        # An open file gives its name to YAML's errors.
        with path.open(encoding="utf-8") as file, pause_collection():
            return yaml.load(file, _Loader)
    except yaml.YAMLError as error:
        problem = f"is not YAML: {' '.join(str(error).split())}"
        raise Place(path.parent.name).build_error(path.name, problem) from None
