"""The resources that entries stood for when they were last listed: a `DynamicRestApi`'s state."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analytics_ingest.declaration.models.dynamic_api import DynamicApi

Keys = dict[str, Any]
"""A resource as it is declared."""

COMPONENT = "DynamicRestApi"

_FOLDER = ".local_defs_state"
"""Where Dagster keeps such files, in the folder of the definitions."""


@dataclass(frozen=True)
class ListedResources:
    """What was listed last."""

    dynamic_resources: Sequence[Keys] = ()
    """The listings and templates, as they were declared then."""
    resources: Sequence[Keys] = ()

    @classmethod
    def read(cls, path: Path | None) -> "ListedResources":
        """Read the file; nothing was listed without one, or if it cannot be read."""
        if path is None:
            return cls()
        try:
            listed = cls(**json.loads(path.read_text("utf-8")))
            is_readable = all("name" in keys for keys in listed.resources)
        except (ValueError, TypeError):
            return cls()
        return listed if is_readable else cls()

    def write(self, path: Path) -> None:
        """Write the file whole, or not at all."""
        draft = path.with_name(f"{path.name}.new")
        draft.write_text(json.dumps(asdict(self), indent=1), "utf-8")
        draft.replace(path)

    def is_of(self, declared: DynamicApi) -> bool:
        """Return whether listings and templates are still declared as they were."""
        return list(self.dynamic_resources) == dump_dynamic_resources(declared)


def dump_dynamic_resources(declared: DynamicApi) -> list[Keys]:
    """Return the templates of a declaration, each with its listing."""
    listings = {resource.name: resource.dump_declared() for resource in declared.resources}
    blocks = [
        {**dynamic.dump_declared(), "listing": listings.get(dynamic.entries)}
        for dynamic in declared.dynamic_resources
    ]
    # As a file holds them: a duration, for example, is a text there.
    dumped: list[Keys] = json.loads(json.dumps(blocks, default=str))
    return dumped


def find_listed_resources(folder: Path) -> Path | None:
    """Find the file of an API, whose name is that of its folder."""
    name = f"{COMPONENT}__{folder.name}__"
    paths = (parent / _FOLDER / name / "state" for parent in folder.absolute().parents)
    return next((path for path in paths if path.is_file()), None)
