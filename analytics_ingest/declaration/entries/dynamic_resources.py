"""The entries of an API's own listing → resources, and these → the API's declaration.

    build_resources  the rows of a listing, the entries → a resource each, as the template says
    add_resources    a declaration and such resources → a declaration that holds them

`entry_template` fills the template.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.common.errors import ApiError
from analytics_ingest.declaration.entries.entry_template import fill_template, find_template_problem
from analytics_ingest.declaration.entries.listed_resources import (
    COMPONENT,
    Keys,
    ListedResources,
    find_listed_resources,
)
from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.dynamic_api import DynamicApi, DynamicResources
from analytics_ingest.declaration.models.resource import Resource

OUTDATED = "dynamic_resources"
"""The asset that stands for resources which were not listed as they are declared."""

LONGEST_NAME = 150
"""Characters of a name: files of a load are named after it."""


def describe_outdated(api: str) -> str:
    """Describe that resources were not listed as they are declared, and what to do."""
    return (
        f"{api}: its dynamic_resources were not listed since they were declared, or changed, so "
        "none of them is loaded; run dg utils refresh-defs-state where the definitions are loaded, "
        "and load them again"
    )


def find_model(component: object) -> type[Api]:
    """Return the model of a component's attributes, by its type in `defs.yaml`."""
    return DynamicApi if str(component).rpartition(".")[2] == COMPONENT else Api


def select_schema(component: object, api: Api, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what `schema.yaml` says, without resources that a DynamicRestApi may list later."""
    if find_model(component) is Api or not isinstance(schema, Mapping):
        return schema
    names = {resource.name for resource in api.resources}
    return {name: entry for name, entry in schema.items() if name in names}


def build_api(
    name: str, component: object, attributes: Mapping[str, Any], folder: Path | None = None
) -> Api:
    """Build a declaration of its attributes.

    Args:
        component: The component's type.
        folder: That of the API, to find which resources it has named itself.

    Raises:
        DeclarationError: A key has a mistake.
    """
    api = Place(name).validate(find_model(component), attributes)
    if not isinstance(api, DynamicApi):
        return api
    check_dynamic_resources(name, api)
    listed = ListedResources.read(find_listed_resources(folder) if folder else None)
    return add_resources(name, api, listed.resources if listed.is_of(api) else ())


def check_dynamic_resources(api: str, declared: DynamicApi) -> None:
    """Check that the listings exist, and that the templates can be filled.

    Raises:
        DeclarationError: One does not, or cannot.
    """
    names = [resource.name for resource in declared.resources]
    if OUTDATED in names:
        raise Place(api, OUTDATED).build_error("name", "is reserved; rename the resource")
    for number, dynamic in enumerate(declared.dynamic_resources):
        key = f"dynamic_resources.{number}"
        if dynamic.entries not in names:
            problem = f"'{dynamic.entries}' is not a resource; declared are {', '.join(names)}"
            raise Place(api).build_error(f"{key}.entries", problem)
        if unknown := sorted(dynamic.template.keys() - _list_keys()):
            problem = f"is not a key of a resource; allowed are {', '.join(sorted(_list_keys()))}"
            raise Place(api).build_error(f"{key}.template.{unknown[0]}", problem)
        if mistake := find_template_problem(dynamic.template):
            raise Place(api).build_error(f"{key}.template.{mistake[0]}", mistake[1])


@cache
def _list_keys() -> frozenset[str]:
    fields = Resource.model_fields.items()
    return frozenset(key for name, field in fields for key in (name, field.alias) if key)


def build_resources(
    api: str, dynamic: DynamicResources, entries: Iterable[Mapping[str, Any]]
) -> list[Keys]:
    """Build the resources of some entries, sorted by name; an entry that is listed twice has one.

    Raises:
        DeclarationError: An entry gives no valid resource, or two of them the same name.
    """
    built: dict[str, Keys] = {}
    for number, entry in enumerate(entries, 1):
        keys = _fill(Place(api, dynamic.entries), dynamic, number, entry)
        place = Place(api, keys["name"])
        place.validate(Resource, keys)
        if built.setdefault(keys["name"], keys) != keys:
            problem = (
                f"two entries of {dynamic.entries} have this name; put what tells them apart into "
                "the template's name: '{{ entry.name }}_{{ entry.id }}'"
            )
            raise place.build_error("name", problem)
    return [built[name] for name in sorted(built)]


def _fill(place: Place, dynamic: DynamicResources, number: int, entry: Mapping[str, Any]) -> Keys:
    try:
        keys = fill_template(dynamic.template, entry)
    except ApiError as error:
        problem = f"{error}, in entry {number}; leave the entry out by a filter in processing_steps"
        raise place.build_error("dynamic_resources", problem) from None
    name = _to_name(str(keys["name"]))
    if name and len(name) <= LONGEST_NAME and name != OUTDATED:
        return {**keys, "name": name}
    problem = (
        f"the name of entry {number} has no letter or digit, or more than {LONGEST_NAME} "
        "characters, or is reserved; take another field, such as {{ entry.id }}"
    )
    raise place.build_error("dynamic_resources", problem)


def add_resources(api: str, declared: DynamicApi, resources: Sequence[Keys]) -> Api:
    """Return a declaration that holds resources of entries beside its own.

    Raises:
        DeclarationError: One of them has the name of another resource.
    """
    keys = declared.dump_declared()
    own = {resource.name for resource in declared.resources}
    for resource in resources:
        if resource["name"] in own:
            problem = "an entry has the name of another resource; rename one in its template"
            raise Place(api, resource["name"]).build_error("name", problem)
        own.add(resource["name"])
    for key in DynamicApi.model_fields.keys() - Api.model_fields.keys():
        keys.pop(key, None)
    return Place(api).validate(Api, {**keys, "resources": [*keys["resources"], *resources]})


def _to_name(text: str) -> str:
    """Return the name of a resource, which is that of its table."""
    words = re.sub(r"[\W_]+", " ", text).strip()
    spelled = to_snake_case(words).strip("_")
    return f"x_{spelled}" if spelled[:1].isdigit() else spelled
