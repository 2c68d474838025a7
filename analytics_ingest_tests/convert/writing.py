"""Documents of the tests: short ways to write one, and to run the command `new` on it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from analytics_ingest.cli import main
from analytics_ingest.convert.yaml_loader import LimitedLoader
from analytics_ingest.declaration.folder import read_folder
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.yaml_text import read_yaml

API = "shop"
DEFS = Path("project") / "defs"
"""The defs folder of the tests, below the working directory."""

CLIENT = '"client": {"base_url": "https://shop.test", "auth": {"type": "bearer"}}'
DEFAULTS = '"resource_defaults": {"primary_key": "id"}'
ORDERS = '{"name": "orders", "endpoint": {"path": "/orders"}}'


@dataclass(frozen=True)
class Written:
    """What the command wrote and printed."""

    folder: Path
    report: str

    @property
    def text(self) -> str:
        """The text of defs.yaml."""
        return (self.folder / "defs.yaml").read_text()

    @property
    def attributes(self) -> dict[str, Any]:
        """The attributes of defs.yaml."""
        attributes: dict[str, Any] = yaml.load(self.text, LimitedLoader)["attributes"]
        return attributes

    @property
    def client(self) -> dict[str, Any]:
        """The client of defs.yaml."""
        client: dict[str, Any] = self.attributes["client"]
        return client

    @property
    def schema(self) -> dict[str, Any]:
        """What schema.yaml says; nothing where there is none."""
        path = self.folder / "schema.yaml"
        return read_yaml(path.read_text()) if path.exists() else {}

    @property
    def steps(self) -> dict[str, Any]:
        """The processing steps of all resources that have some."""
        resources = self.attributes["resources"]
        return {r["name"]: r["processing_steps"] for r in resources if "processing_steps" in r}

    @property
    def declaration(self) -> ApiDeclaration:
        """The resolved declaration."""
        return read_folder(self.folder)

    def resource(self, name: str) -> dict[str, Any]:
        """A resource of defs.yaml."""
        return next(r for r in self.attributes["resources"] if r["name"] == name)

    def endpoint(self, name: str = "orders") -> dict[str, Any]:
        """The endpoint of a resource of defs.yaml."""
        endpoint: dict[str, Any] = self.resource(name)["endpoint"]
        return endpoint

    def listed(self, title: str) -> list[str]:
        """One of the three lists of the report."""
        _, _, rest = self.report.partition(f"{title}:\n")
        return [line.strip() for line in rest.partition("\n\n")[0].splitlines()]

    @property
    def assumed(self) -> list[str]:
        """What the command assumed."""
        return self.listed("Assumed")

    @property
    def to_be_set(self) -> dict[str, str]:
        """The variables that the user must set, and what for."""
        pairs = [line.split(maxsplit=1) for line in self.listed("To be set")]
        return {pair[0]: pair[-1] for pair in pairs}


class Desk:
    """Runs the command in a project of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        DEFS.mkdir(parents=True)

    def new(self, text: str, *options: str, file: str = "shop.md", api: str = API) -> Written:
        """Turn a document into a folder."""
        status, printed, problem = self.run(text, *options, file=file, api=api)
        assert (status, problem) == (0, "")
        return Written(DEFS / api, printed)

    def refusal(self, text: str, *options: str, file: str = "shop.md", api: str = API) -> str:
        """The sentence with which a document is refused; nothing is written."""
        before = sorted(DEFS.rglob("*"))
        status, printed, problem = self.run(text, *options, file=file, api=api)
        assert (status, printed) == (1, "")
        assert sorted(DEFS.rglob("*")) == before
        return problem.removesuffix("\n")

    def run(self, text: str, *options: str, file: str, api: str) -> tuple[int, str, str]:
        """Run the command on a file; its status and what it printed."""
        Path(file).write_text(text)
        status = main(["new", api, "--from", file, "--defs", str(DEFS), *options])
        printed = self._capsys.readouterr()
        return status, printed.out, printed.err


def fenced(code: str, language: str = "python") -> str:
    """A document that holds a piece of code."""
    return f"# Overview\n\nAn API.\n\n```{language}\n{code}\n```\n"


def source(*parts: str) -> str:
    """A document whose configuration has these parts."""
    return fenced(f"source = rest_api_source({{\n{','.join(parts)}\n}})")


def build_client(auth: str) -> str:
    """The client of a document, with an auth block."""
    return f'"client": {{"base_url": "https://shop.test", "auth": {auth}}}'


def shop(*resources: str, client: str = CLIENT, defaults: str = DEFAULTS, prose: str = "") -> str:
    """A document of an API with these resources, `orders` unless some are given."""
    listed = ",\n".join(resources or [ORDERS])
    configured = source(client, defaults, f'"resources": [{listed}]')
    return f"{configured}\n{prose}"


def orders(endpoint: str = "", resource: str = "", **keywords: str) -> str:
    """A document with one resource, `orders`, and more keys of its endpoint and of itself."""
    one = f'{{"name": "orders", {resource} "endpoint": {{"path": "/orders", {endpoint}}}}}'
    return shop(one, **keywords)
