"""A team's project of APIs that name their tables themselves, and these APIs."""

import re
import shutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from analytics_ingest_tests.support.own_project import OwnProject
from analytics_ingest_tests.support.scripted_api import Asked, Hub, ScriptedApi

DECLARATION = """type: analytics_ingest.DynamicRestApi
attributes:
  client: {base_url: https://api.example.com}
  resource_defaults: {endpoint: {incremental: null}}
  resources:
    - name: bases
      primary_key: id
      endpoint: {path: /bases, data_selector: bases, paginator: single_page}
    - name: tables
      selected: false
      primary_key: id
      include_from_parent: [name]
      endpoint:
        path: /bases/{resources.bases.id}/tables
        data_selector: tables
        paginator: single_page
  dynamic_resources:
    - entries: tables
      template:
        name: "{{ entry._bases_name }}_{{ entry.name }}"
        description: "Table {{ entry.name }}."
        primary_key: "{{ entry.key }}"
        endpoint:
          path: /rows/{{ entry.id }}
          data_selector: rows
          paginator: {type: offset, limit: 2, total_path: null}
"""
EXECUTOR = """import dagster as dg

from analytics_ingest.orchestration.executor import create_executor

defs = dg.Definitions(executor=create_executor())
"""
"""What docs/in-your-project.md advises: a run of one step executes it itself."""

LISTED = ["cafe_menu", "sales_order_lines", "sales_orders"]
"""The resources of the tables that each API has at first."""

_ASSET = re.compile(r"^(\w+)/(\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class DynamicProject:
    """The project, and the APIs of its declarations by their names."""

    team: OwnProject
    hub: Hub
    apis: dict[str, ScriptedApi] = field(default_factory=dict)

    @classmethod
    def create(cls, folder: Path, hub: Hub) -> "DynamicProject":
        """Write a project without any API."""
        project = cls(OwnProject.create(folder), hub)
        (project.team.defs / "executor.py").write_text(EXECUTOR)
        return project

    def copy(self, folder: Path, *names: str) -> "DynamicProject":
        """Copy it with some of its APIs, all unless some are named, and with what they listed."""
        copied = DynamicProject.create(folder, self.hub)
        shutil.copytree(self.team.root, copied.team.root, dirs_exist_ok=True)
        copied.apis.update({n: api for n, api in self.apis.items() if n in names or not names})
        for name in self.apis.keys() - copied.apis.keys():
            shutil.rmtree(copied.folder(name))
        return copied

    def declare(self, name: str) -> ScriptedApi:
        """Add an API of two bases."""
        api = self.apis[name] = self.hub.new_api()
        self.folder(name).mkdir()
        (self.folder(name) / "defs.yaml").write_text(DECLARATION)
        with (self.team.root / ".dlt" / "secrets.toml").open("a") as secrets:
            secrets.write(f"[sources.{name}]\nbase_url = '{api.url}'\n")
        bases = [{"id": "b1", "name": "Sales"}, {"id": "b2", "name": "Café"}]
        api.always("/bases", {"bases": bases})
        serve_tables(api, b1=["Orders", "Order lines"], b2=["Menü"])
        return api

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text of a declaration."""
        assert old in DECLARATION
        (self.folder(name) / "defs.yaml").write_text(DECLARATION.replace(old, new))

    def folder(self, name: str) -> Path:
        """The folder of an API's declaration."""
        return self.team.defs / name

    def state(self, name: str) -> Path:
        """The file of what an API listed."""
        return self.team.defs / ".local_defs_state" / f"DynamicRestApi__{name}__" / "state"

    @property
    def warehouse(self) -> Path:
        """The file that runs load into."""
        return self.team.root / "data" / "warehouse.duckdb"

    def refresh(self, *options: str) -> str:
        """List again what the APIs have; what the command printed."""
        refreshing = ("dagster_dg_cli.cli", "utils", "refresh-defs-state")
        return self.team.run(self.team.package, *refreshing, *options)

    def list_assets(self) -> dict[str, list[str]]:
        """The assets that Dagster sees, by their API."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        listing = ("dagster", "asset", "list", "-m", "shop.definitions")
        for api, name in _ASSET.findall(self.team.run(self.team.root, *listing)):
            found[api].append(name)
        return {api: sorted(names) for api, names in found.items()}

    def materialize(self, *assets: str) -> str:
        """Load assets; what the run printed."""
        selection = " or ".join(f'key:"{asset}"' for asset in assets)
        loading = ("dagster", "asset", "materialize", "-m", "shop.definitions")
        return self.team.run(self.team.root, *loading, "--select", selection)

    def command(self, *arguments: str) -> str:
        """Run a command of this package; what it printed."""
        return self.team.run(self.team.root, "analytics_ingest.cli", *arguments)


def serve_tables(api: ScriptedApi, **tables: list[str]) -> None:
    """Let bases have tables, each of five rows."""
    for base, names in tables.items():
        listed = [{"id": f"{base}/{n}", "name": n, "key": "rowId"} for n in names]
        api.always(f"/bases/{base}/tables", {"tables": listed})

    def serve_rows(asked: Asked) -> Any:
        rows = [{"rowId": n, "of": asked.path} for n in range(5)]
        offset = int(asked.query["offset"])
        return {"rows": rows[offset : offset + 2]}

    for base, names in tables.items():
        for name in names:
            api.on(f"/rows/{base}%2F{name}".replace(" ", "%20").replace("ü", "%C3%BC"), serve_rows)


def failing(run: Callable[..., str], *arguments: str) -> str:
    """What a command printed that must fail."""
    with pytest.raises(AssertionError) as failed:
        run(*arguments)
    return str(failed.value)
