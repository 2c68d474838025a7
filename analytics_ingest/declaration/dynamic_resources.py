"""The entries of an API's own listing → resources, and these → the API's declaration.

    build_resources  the rows of a listing, the entries → a resource each, as the template says
    add_resources    a declaration and such resources → a declaration that holds them

What a text of the template says in `{{ }}` of an entry is filled here. All other expressions stay:
a load evaluates them.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.expressions.evaluate import evaluate
from analytics_ingest.common.expressions.syntax import find_problem
from analytics_ingest.common.json_tree import spell
from analytics_ingest.declaration.errors import DeclarationError, Place
from analytics_ingest.declaration.listed_resources import (
    COMPONENT,
    Keys,
    ListedResources,
    find_listed_resources,
)
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.dynamic_api import DynamicApi, DynamicResources
from analytics_ingest.declaration.models.resource import Resource

_ENTRY = "entry"
_MENTION = re.compile(r"(?<![\w.'\"])entry\b")
_EXPRESSION = re.compile(r"""\{\{(?:[^{}'"]|'[^']*'|"[^"]*"|\{[^{}]*\})*\}\}""")


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
    """Check that the listings exist, and that the templates name their entries.

    Raises:
        DeclarationError: One does not.
    """
    names = [resource.name for resource in declared.resources]
    for number, dynamic in enumerate(declared.dynamic_resources):
        key = f"dynamic_resources.{number}"
        if dynamic.entries not in names:
            problem = f"'{dynamic.entries}' is not a resource; declared are {', '.join(names)}"
            raise Place(api).build_error(f"{key}.entries", problem)
        if not _MENTION.search(str(dynamic.template.get("name", ""))):
            problem = "must say which entry it is of: '{{ entry.name }}'"
            raise Place(api).build_error(f"{key}.template.name", problem)
        for path, text in _list_texts(dynamic.template):
            for expression in _list_expressions(text):
                if problem := find_problem(expression, (_ENTRY,)):
                    problem = f"{problem}. An expression of an entry reads nothing else"
                    raise Place(api).build_error(f"{key}.template{path}", problem)


def build_resources(
    api: str, dynamic: DynamicResources, entries: Iterable[Mapping[str, Any]]
) -> list[Keys]:
    """Build the resources of some entries, sorted by name; an entry that is listed twice has one.

    Raises:
        DeclarationError: An entry gives no valid resource, or two of them the same name.
    """
    built: dict[str, Keys] = {}
    for entry in entries:
        keys = _fill(api, dynamic, entry)
        place = Place(api, keys["name"])
        place.validate(Resource, keys)
        if built.setdefault(keys["name"], keys) != keys:
            problem = (
                f"two entries of {dynamic.entries} have this name; put what tells them apart into "
                "the template's name: '{{ entry.name }}_{{ entry.id }}'"
            )
            raise place.build_error("name", problem)
    return [built[name] for name in sorted(built)]


def add_resources(api: str, declared: DynamicApi, resources: Sequence[Keys]) -> Api:
    """Return a declaration that holds resources of entries beside its own.

    Raises:
        DeclarationError: One of them has the name of another resource.
    """
    keys = declared.dump_declared()
    own = {resource.name for resource in declared.resources}
    for resource in resources:
        if resource["name"] in own:
            problem = "an entry and a resource of the declaration have this name; rename one"
            raise Place(api, resource["name"]).build_error("name", problem)
        own.add(resource["name"])
    for key in DynamicApi.model_fields.keys() - Api.model_fields.keys():
        keys.pop(key, None)
    return Place(api).validate(Api, {**keys, "resources": [*keys["resources"], *resources]})


def _fill(api: str, dynamic: DynamicResources, entry: Mapping[str, Any]) -> Keys:
    place = f"{api}: the template of the entries of {dynamic.entries}:"
    try:
        keys: Keys = _fill_value(dynamic.template, {_ENTRY: entry}, place)
    except ApiError as error:
        raise DeclarationError(api, None, "dynamic_resources", str(error)) from None
    text = str(keys["name"])
    name = _to_name(text)
    if not name:
        problem = (
            f"an entry of {dynamic.entries} gives the name {json.dumps(text)}, without letters"
        )
        raise Place(api).build_error("dynamic_resources", problem)
    return {**keys, "name": name}


def _fill_value(value: Any, variables: Mapping[str, Any], place: str, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _fill_value(v, variables, place, name) for name, v in value.items()}
    if isinstance(value, list):
        return [_fill_value(v, variables, place, key) for v in value]
    return _fill_text(value, variables, place, key) if isinstance(value, str) else value


def _fill_text(text: str, variables: Mapping[str, Any], place: str, key: str) -> Any:
    filled = text
    for expression in _list_expressions(text):
        value = evaluate(expression, variables, place)
        _check_value(value, expression, place, is_part=expression != text)
        if expression == text:
            return value
        spelled = str(spell(value))
        # As a placeholder of a path is: it stays one segment.
        filled = filled.replace(expression, quote(spelled, safe="") if key == "path" else spelled)
    return filled


def _check_value(value: Any, expression: str, place: str, *, is_part: bool) -> None:
    if value is None or value == "":
        raise ApiError(f"{place} '{expression}' gives nothing: an entry lacks it")
    if is_part and isinstance(value, dict | list):
        raise ApiError(f"{place} '{expression}' gives an object or a list, which no text can hold")
    # A load would evaluate what the API has put in.
    if any("{" in text or "}" in text for _, text in _list_texts(value)):
        raise ApiError(f"{place} '{expression}' gives a text with braces, which is not allowed")


def _list_expressions(text: str) -> list[str]:
    """List the expressions in a text that are of the entry; a text with statements is one."""
    if "{%" in text:
        return [text] if _MENTION.search(text) else []
    return [block for block in _EXPRESSION.findall(text) if _MENTION.search(block)]


def _list_texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """List the texts in a value, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping | list):
        children = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, child in children:
            yield from _list_texts(child, f"{path}.{key}")


def _to_name(text: str) -> str:
    """Return the name of a resource, which is that of its table."""
    words = re.sub(r"[\W_]+", " ", text).strip()
    spelled = to_snake_case(words).strip("_")
    return f"x_{spelled}" if spelled[:1].isdigit() else spelled
