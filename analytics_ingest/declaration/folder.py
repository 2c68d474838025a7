"""The folder of an API, `defs.yaml` and `schema.yaml`, → its declaration, without Dagster."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolve import ApiDeclaration, resolve

DEFS_FILE = "defs.yaml"
SCHEMA_FILE = "schema.yaml"


def read_folder(folder: Path) -> ApiDeclaration:
    """Read the declaration of the API that a folder is named after.

    Raises:
        DeclarationError: There is none, or it holds a mistake.
    """
    name, path = folder.name, folder / DEFS_FILE
    if not path.is_file():
        found = ", ".join(sorted(p.parent.name for p in folder.parent.glob(f"*/{DEFS_FILE}")))
        hint = f"declared are {found}" if found else "none is declared there"
        raise DeclarationError(name, None, "folder", f"{path} does not exist; {hint}")
    written = _yaml(name, path)
    attributes = written.get("attributes") if isinstance(written, Mapping) else None
    if not isinstance(attributes, Mapping):
        raise DeclarationError(name, None, DEFS_FILE, "has no attributes; declare some")
    try:
        api = Api.model_validate(attributes)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise DeclarationError(name, None, place or DEFS_FILE, first["msg"]) from None
    return resolve(name, api, read_schema(folder))


def read_schema(folder: Path) -> dict[str, Any]:
    """What `schema.yaml` says of the fields; nothing where there is none."""
    path = folder / SCHEMA_FILE
    return (_yaml(folder.name, path) or {}) if path.exists() else {}


def _yaml(name: str, path: Path) -> Any:
    try:
        with path.open(encoding="utf-8") as file:  # its name is then part of YAML's errors
            return yaml.safe_load(file)
    except yaml.YAMLError as error:
        told = " ".join(str(error).split())
        raise DeclarationError(name, None, path.name, f"is no YAML: {told}") from None
