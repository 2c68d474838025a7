"""The component behind every `defs.yaml`: a declaration → assets, checks, job and schedule.

Dagster parses the YAML into the model of `declaration`. `load` resolves it together with its schema
file, and `build_defs` passes it to `orchestration`. Neither imports the code that loads data.
"""

from pathlib import Path

import dagster as dg
from dagster.components import ComponentTypeSpec, Scaffolder, ScaffoldRequest
from pydantic import BaseModel

from analytics_ingest.common.project import locate_project
from analytics_ingest.declaration.folder import read_schema
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.orchestration.assets import build_assets
from analytics_ingest.orchestration.schedules import build_job_and_schedule
from analytics_ingest.orchestration.specs import read_destination_type

TEMPLATE = Path(__file__).with_name("template.yaml")


class RestApiScaffolder(Scaffolder):
    """Writes a commented declaration to start from."""

    def read_template(self) -> str:
        """Read the declaration, with `<api>` in place of the API's name."""
        return TEMPLATE.read_text()

    def scaffold(self, request: ScaffoldRequest) -> None:
        """Write `defs.yaml` into the new folder."""
        request.target_path.mkdir(parents=True, exist_ok=True)
        text = self.read_template().replace("<api>", request.target_path.name)
        (request.target_path / "defs.yaml").write_text(text)


@dg.scaffold_with(RestApiScaffolder)
class RestApi(dg.Component):
    """A REST API, loaded by dlt: every resource becomes a partitioned, checked asset.

    The attributes are dlt's rest_api configuration (client, resource_defaults, resources) and a
    few keys of our own (partitions, schedule, freshness, error_handler, fields …). The folder's
    name is the API's: asset group, dataset, and section of its settings, sources.<name>.
    """

    def __init__(self, declaration: ApiDeclaration) -> None:
        self.declaration = declaration

    @classmethod
    def get_spec(cls) -> ComponentTypeSpec:
        return ComponentTypeSpec(
            description=cls.__doc__, produces=["asset", "asset_check", "job", "schedule"]
        )

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        return Api

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> "RestApi":
        if not isinstance(attributes, Api):
            raise TypeError(f"{context.path}: attributes are missing; declare client and resources")
        return cls(resolve(context.path.name, attributes, read_schema(context.path)))

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Build the API's assets, checks, job and schedule."""
        return build_definitions(self.declaration, locate_project(context.project_root))


def build_definitions(declaration: ApiDeclaration, project: Path) -> dg.Definitions:
    """Build everything that Dagster knows about an API.

    Args:
        project: The folder that holds `.dlt` and `data`.
    """
    destination_type = read_destination_type(project)
    return dg.Definitions.merge(
        dg.Definitions(assets=build_assets(declaration, destination_type, project)),
        build_job_and_schedule(declaration),
    )
