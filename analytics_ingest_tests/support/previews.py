"""The command `try` on a declaration that a test writes."""

from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

from analytics_ingest.cli import main
from analytics_ingest_tests.support.loads import API

DEFS = Path("defs")
FOLDER = DEFS / API
SCHEMA = FOLDER / "schema.yaml"


@dataclass(frozen=True)
class PreviewRun:
    """The output of the command and its exit status."""

    status: int
    text: str

    @property
    def words(self) -> str:
        """The text on one line, however it was wrapped."""
        return " ".join(self.text.split())

    @property
    def wrong(self) -> list[str]:
        """The sentences about what looks wrong."""
        _, _, below = self.text.partition("Looks wrong\n")
        return [line.strip() for line in below.splitlines() if line.startswith("  ")]

    def cells(self, resource: str) -> list[str]:
        """The line of a resource in the table."""
        lines = [line.split("│")[1:-1] for line in self.text.splitlines()]
        return next(
            [cell.strip() for cell in cells]
            for cells in lines
            if cells and cells[0].strip() == resource
        )


def write_declaration(*resources: Any, **keys: Any) -> None:
    """Write the folder of the API."""
    client = {"base_url": "https://api.example.com", **keys.pop("client", {})}
    attributes = {"client": client, **keys, "resources": list(resources)}
    component = {"type": "analytics_ingest.components.RestApi", "attributes": attributes}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "defs.yaml").write_text(yaml.safe_dump(component, sort_keys=False))


def run_try(*arguments: str) -> PreviewRun:
    """Run the command on the folder that was written."""
    with redirect_stdout(StringIO()) as output:
        status = main(["try", API, *arguments, "--defs", str(DEFS)])
    return PreviewRun(status, output.getvalue())


def try_(*resources: Mapping[str, Any], **keys: Any) -> PreviewRun:
    """Write a declaration and run the command on all of it."""
    write_declaration(*resources, **keys)
    return run_try()
