"""Who is measured: what each peer's folder holds, and the command that its user would type."""

import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks import project
from benchmarks.checking import FLAT, JSON, STRUCT, Content, Shape, check
from benchmarks.declaring import rest_api
from benchmarks.rows import PAGE
from benchmarks.serving import ROOT
from benchmarks.workloads import Listing, Workload

CHECKS = 5
"""Asset checks of each of this project's assets."""

DAGSTER_HOME = ("dagster", "run", "list")
"""Makes Dagster create its databases: a home that is new, but not made in the measured run."""


@dataclass(frozen=True, kw_only=True)
class Peer(ABC):
    """One way to do the work.

    Args:
        warehouse: The DuckDB file, in the peer's folder.
        checks: Asset checks that must pass, for each table.
        first_command: What its user has run long before.
        partitions: Days that its command loads.
        settings: Variables of its environment beside those that all have.
    """

    name: str
    title: str
    shape: Shape
    warehouse: str
    checks: int = 0
    first_command: tuple[str, ...] = ()
    partitions: int = 1
    settings: Mapping[str, str] = field(default_factory=dict)

    def check(self, folder: Path, contents: Mapping[str, Content]) -> None:
        """Compare what its warehouse holds."""
        check(folder / self.warehouse, self.shape, contents)

    @abstractmethod
    def create(self, folder: Path, workload: Workload, first_day: date) -> None:
        """Write what its user has, into an empty folder."""

    @abstractmethod
    def command(self, day: date) -> tuple[str, ...]:
        """The command that loads what there is; `day` is the partition, where there are any."""


@dataclass(frozen=True, kw_only=True)
class Program(Peer):
    """A program of one file, beside the declaration of the API."""

    warehouse: str = "warehouse.duckdb"
    run: tuple[str, ...] = ("python", "pipeline.py")

    def create(self, folder: Path, workload: Workload, first_day: date) -> None:
        program = f"{self.name.replace('-', '_')}.py"
        shutil.copy(ROOT / "benchmarks" / "programs" / program, folder / "pipeline.py")
        (folder / "rest_api.json").write_text(json.dumps(rest_api(workload)))
        (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")

    def command(self, day: date) -> tuple[str, ...]:
        return self.run


@dataclass(frozen=True, kw_only=True)
class Floor(Program):
    """A program that knows every page beforehand."""

    def create(self, folder: Path, workload: Workload, first_day: date) -> None:
        super().create(folder, workload, first_day)
        plan = {listing.table: _pages(listing) for listing in workload.listings}
        (folder / "plan.json").write_text(json.dumps(plan))


@dataclass(frozen=True, kw_only=True)
class Project(Peer):
    """This project, with one more `defs.yaml`."""

    shape: Shape = JSON
    warehouse: str = "data/warehouse.duckdb"
    checks: int = CHECKS
    first_command: tuple[str, ...] = DAGSTER_HOME
    declared: bool

    def create(self, folder: Path, workload: Workload, first_day: date) -> None:
        project.create(folder, workload, first_day, declared=self.declared)

    def command(self, day: date) -> tuple[str, ...]:
        return project.command(day, self.partitions)


_MATERIALIZE = ("dagster", "asset", "materialize", "-f", "pipeline.py", "--select", "*")

PEERS: dict[str, Peer] = {
    peer.name: peer
    for peer in (
        Program(name="plain-dlt", title="plain dlt", shape=FLAT),
        Program(name="tuned-dlt", title="dlt tuned by its documented settings", shape=JSON),
        Program(
            name="dagster-dlt",
            title="vanilla dagster-dlt, command line",
            shape=FLAT,
            run=_MATERIALIZE,
            first_command=DAGSTER_HOME,
        ),
        Floor(
            name="floor",
            title="the floor: curl in parallel, DuckDB reads the files",
            shape=STRUCT,
        ),
        Project(name="ours", title="**this project**", declared=True),
        Project(name="ours-undeclared", title="this project, no fields declared", declared=False),
    )
}
REFERENCE = "plain-dlt"


def _pages(listing: Listing) -> str:
    if listing.parent:
        return f"/{listing.parent.table}/[1-{listing.parent.rows}]/{listing.table}"
    offsets = ",".join(str(offset) for offset in range(0, listing.rows, PAGE))
    return f"/{listing.table}?limit={PAGE}&offset={{{offsets}}}"
