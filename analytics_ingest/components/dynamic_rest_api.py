"""The component of an API that names some of its resources itself, by listings of its own.

`dg utils refresh-defs-state` reads the listings and stores the resources of their entries; nothing
else does. Definitions are built of what was stored last, without a request.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import dagster as dg
from dagster.components.utils.defs_state import DefsStateConfig
from dagster_shared.serdes.objects.models.defs_state_info import DefsStateManagementType
from pydantic import BaseModel

from analytics_ingest.common.project import in_project, locate_project
from analytics_ingest.components.rest_api import (
    RestApi,
    RestApiScaffolder,
    build_definitions,
)
from analytics_ingest.declaration.entries.dynamic_resources import (
    OUTDATED,
    add_resources,
    build_resources,
    check_dynamic_resources,
    describe_outdated,
    select_schema,
)
from analytics_ingest.declaration.entries.listed_resources import (
    COMPONENT,
    Keys,
    ListedResources,
    dump_dynamic_resources,
)
from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.folder import read_schema
from analytics_ingest.declaration.models.dynamic_api import DynamicApi
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.orchestration.specs import API_TAG, build_asset_key

TEMPLATE = Path(__file__).with_name("dynamic_template.yaml")

_REFRESH = Lock()
_LOG = logging.getLogger(__name__)


class DynamicRestApiScaffolder(RestApiScaffolder):
    """Writes a commented declaration with dynamic resources to start from."""

    def read_template(self) -> str:
        """Read the declaration of a RestApi, and add dynamic resources to it."""
        text = super().read_template().replace("components.RestApi", f"components.{COMPONENT}")
        return text + TEMPLATE.read_text()


@dg.scaffold_with(DynamicRestApiScaffolder)
class DynamicRestApi(dg.StateBackedComponent, RestApi):
    """A REST API that names some of its resources itself, such as the tables of a base.

    The attributes are those of a RestApi and `dynamic_resources`: listings whose rows stand for
    resources, and the template of these. `dg utils refresh-defs-state` reads the listings.
    """

    def __init__(self, name: str, declared: DynamicApi, folder: Path, project: Path) -> None:
        check_dynamic_resources(name, declared)
        self._declared, self._schema, self._project = declared, read_schema(folder), project
        super().__init__(self._resolve(name, ()))

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        return DynamicApi

    @classmethod
    def load(
        cls, attributes: BaseModel | None, context: dg.ComponentLoadContext
    ) -> "DynamicRestApi":
        if not isinstance(attributes, DynamicApi):
            raise TypeError(f"{context.path}: attributes are missing; declare client and resources")
        project = locate_project(context.project_root)
        component = cls(context.path.name, attributes, context.path, project)
        key = component.defs_state_config.key
        context.component_tree.mark_component_defs_state_key(
            defs_state_key=key, loc=context.component_loc
        )
        return component

    @property
    def defs_state_config(self) -> DefsStateConfig:
        """Where Dagster keeps the state; loading the definitions does not refresh it.

        It is a file beside the definitions. The instance's storage, which Dagster has besides, is
        out of reach of `dagster asset materialize`.
        """
        return DefsStateConfig(
            key=f"{COMPONENT}[{self.declaration.name}]",
            management_type=DefsStateManagementType.LOCAL_FILESYSTEM,
            refresh_if_dev=False,
        )

    def build_defs_from_state(
        self, context: dg.ComponentLoadContext, state_path: Path | None
    ) -> dg.Definitions:
        """Build the API's definitions, with the resources that were listed last.

        Resources of another template are left out: what it masked or filtered may be loaded else.
        """
        listed = ListedResources.read(state_path)
        if listed.is_of(self._declared):
            api = self._resolve(self.declaration.name, listed.resources)
            return build_definitions(api, self._project)
        return dg.Definitions.merge(
            build_definitions(self.declaration, self._project),
            dg.Definitions(assets=[_build_outdated(self.declaration)]),
        )

    def write_state_to_path(self, state_path: Path) -> None:
        """Read the listings, and write the resources that their entries stand for.

        Raises:
            LoadError: A listing could not be read whole; what was listed before stays.
            DeclarationError: Its entries give no valid declaration.
        """
        # Dagster refreshes several components at once. dlt has one project at a time, and discards
        # what any thread writes to stderr, as warnings are, while it opens one.
        with _REFRESH:
            resources = self._read_resources()
            listed = self._resolve(self.declaration.name, resources)
            if unknown := sorted(self._schema.keys() - listed.resources.keys()):
                names = ", ".join(unknown)
                _LOG.warning("%s: schema.yaml has no resource %s", self.declaration.name, names)
            _log_changes(self.declaration.name, state_path, resources)
            template = dump_dynamic_resources(self._declared)
            ListedResources(template, resources).write(state_path)

    def _read_resources(self) -> list[Keys]:
        # Importing dlt takes a second, which loading definitions must not cost.
        from analytics_ingest.load.entries import read_entries

        api, resources = self.declaration.name, list[Keys]()
        for dynamic in self._declared.dynamic_resources:
            with in_project(self._project):
                entries = read_entries(self.declaration, dynamic.entries, log=_LOG.info)
            if not entries and not dynamic.allow_empty:
                problem = (
                    "the listing has no entry; what was listed before stays. Look at its response "
                    f"with analytics-ingest try {api} {dynamic.entries}, or declare allow_empty: "
                    "true"
                )
                raise Place(api, dynamic.entries).build_error("dynamic_resources", problem)
            resources += build_resources(api, dynamic, entries)
        return resources

    def _resolve(self, name: str, resources: Sequence[Keys]) -> ApiDeclaration:
        declared = add_resources(name, self._declared, resources)
        return resolve(name, declared, select_schema(COMPONENT, declared, self._schema))


def _build_outdated(api: ApiDeclaration) -> dg.AssetsDefinition:
    """Build an asset that fails: no run of the API may succeed without resources that it lacks."""

    @dg.asset(
        key=build_asset_key(api.name, OUTDATED),
        group_name=api.name,
        op_tags={API_TAG: api.name},
        description=f"The resources that {api.name} names itself are out of date.",
    )
    def fail() -> None:
        raise dg.Failure(describe_outdated(api.name))

    return fail


def _log_changes(api: str, state: Path, resources: Sequence[Keys]) -> None:
    """Log which resources are new, changed or gone: tables keep what they have."""
    if not state.is_file():
        return
    before = {keys["name"]: keys for keys in ListedResources.read(state).resources}
    now = {keys["name"]: keys for keys in resources}
    changed = {name for name in before.keys() & now.keys() if before[name] != now[name]}
    for verb, names in (
        ("new", now.keys() - before.keys()),
        ("changed, its rows of before stay", changed),
        ("gone, tables stay", before.keys() - now.keys()),
    ):
        if names:
            _LOG.warning("%s: %s: %s", api, verb, ", ".join(sorted(names)))
