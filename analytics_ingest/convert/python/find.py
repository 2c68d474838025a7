"""Chooses the configuration among all dicts of a document, and completes it from the others.

The one with most resources is taken. Resources, error handlers and auth in other blocks
of code are added where the configuration does not speak of them.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import copy_tree, walk
from analytics_ingest.convert.conversion_log import ConversionError, ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.markdown import Block, Document
from analytics_ingest.convert.python.error_handlers import add_error_handler
from analytics_ingest.convert.python.missing_configuration import explain_no_configuration
from analytics_ingest.convert.python.statements import Program, read_program
from analytics_ingest.convert.python.values import (
    MOST_VALUES,
    Code,
    Definition,
    Reference,
    count_values,
    read_references,
)

MOST_RESOURCES = 1_000

_PATHS = {"path", "url_path", "endpoint"}
_NO_NAME = re.compile(r"((your|my|another|new|example|other|additional)_)?resources?(_name|_?\d+)?")


def find_configuration(document: Document, log: ConversionLog) -> Json:
    """Choose and complete the configuration.

    Raises:
        ConversionError: The configuration is missing, or cannot be read.
    """
    whole = [Block(document.text, 1)]
    for blocks in (list(document.blocks), whole):
        try:
            program = read_program(blocks)
        except ConversionError as error:
            raise ConversionError(f"{document.name}: {error}") from None
        _refuse_large(document, program)
        candidates = [d for d in program.definitions if _find_configuration(d) is not None]
        if candidates:
            chosen = max(candidates, key=_rank)
            return read_references(_complete_configuration(document, chosen, program, log))
        if program.problems:
            break
    raise ConversionError(f"{document.name}{explain_no_configuration(document, program)}")


def holds_configuration(name: str, blocks: list[Block]) -> bool:
    """Return whether blocks of code hold a configuration, be it one that cannot be read.

    Raises:
        ConversionError: The code cannot be followed.
    """
    try:
        program = read_program(blocks)
    except ConversionError as error:
        raise ConversionError(f"{name}: {error}") from None
    return bool(program.problems) or any(
        d.is_source or _find_configuration(d) is not None for d in program.definitions
    )


def _refuse_large(document: Document, program: Program) -> None:
    count = 0
    for definition in program.definitions:
        count += count_values(definition.value)
        if count > MOST_VALUES:
            raise ConversionError(
                f"{document.name}, line {definition.line}: holds more than {MOST_VALUES} values; "
                "leave out what does not configure the API"
            )


def _find_configuration(definition: Definition) -> Json | None:
    """Find the dict that holds resources, inside any wrapper."""
    value = definition.value
    if not isinstance(value, dict):
        return None
    for part in (value, *value.values()):
        if isinstance(part, dict) and isinstance(_read_resources(part), list | dict):
            return part
    return value if "resources" in value and "client" in value else None


def _read_resources(part: Json) -> Any:
    """Return the resources of a dict: also streams, where they have paths."""
    if "resources" in part:
        return part["resources"]
    streams = part.get("streams")
    items = list(streams.values() if isinstance(streams, dict) else streams or ())
    is_listing = any(isinstance(item, dict) and _PATHS & item.keys() for item in items)
    return streams if is_listing else None


def _rank(definition: Definition) -> tuple[int, bool, bool, int]:
    """Rank a definition: more resources are better; of equal ones the first wins."""
    configuration = _find_configuration(definition) or {}
    resources = _read_resources(configuration)
    count = len(resources) if isinstance(resources, list | dict) else 0
    return count, "client" in configuration, definition.is_source, -definition.line


def _complete_configuration(
    document: Document, chosen: Definition, program: Program, log: ConversionLog
) -> Json:
    configuration = _find_configuration(chosen)
    value, line = copy_tree(configuration), chosen.line
    if "resources" not in value:
        value["resources"] = value.pop("streams")
    resources = value["resources"]
    if not isinstance(resources, list | dict) or not resources:
        raise ConversionError(f"{document.name}, line {line}: {_explain_no_resources(resources)}")
    if len(resources) > MOST_RESOURCES:
        raise ConversionError(
            f"{document.name}, line {line}: holds {len(resources)} resources; write several "
            f"documents of at most {MOST_RESOURCES}"
        )
    if line in program.repaired_lines:
        log.assume(None, f"the code on line {line} is not valid Python: its slips were repaired")
    others = [d for d in program.definitions if _find_configuration(d) is not configuration]
    others = [other for other in others if not _is_of_another_api(other, value, log)]
    for other in others:
        add_error_handler(value, other, document, log)
    for other in others if isinstance(resources, list) else []:
        _add_from(other, value, log)
    _add_defaults(others, value, log)
    return value


def _add_defaults(others: list[Definition], value: Json, log: ConversionLog) -> None:
    """Add the defaults that another dict holds, unless two of them differ."""
    given = [(d.line, d.value["resource_defaults"]) for d in others if _has_defaults(d)]
    if "resource_defaults" in value or not given:
        return
    (line, defaults), *rest = given
    lines = ", ".join(str(number) for number, _ in given)
    if any(other != defaults for _, other in rest):
        log.leave_out(None, "resource_defaults", f"those on lines {lines} differ")
        return
    value["resource_defaults"] = copy_tree(defaults)
    log.assume(None, f"resource_defaults is taken from the code on line {line}")


def _has_defaults(definition: Definition) -> bool:
    value = definition.value
    return isinstance(value, dict) and isinstance(value.get("resource_defaults"), dict)


def _explain_no_resources(resources: Any) -> str:
    if isinstance(resources, Reference):
        return f"`{resources.name}` holds the resources and is not defined; add it"
    if isinstance(resources, Code):
        return f"resources is {resources.what}, which is not run; write the list"
    return "resources is empty; name at least one"


def _is_of_another_api(other: Definition, value: Json, log: ConversionLog) -> bool:
    clients = [(part or {}).get("client") for part in (_find_configuration(other), value)]
    urls = [client.get("base_url") for client in clients if isinstance(client, dict)]
    if len(urls) < len(clients) or urls[0] == urls[1]:
        return False
    log.assume(None, f"the configuration on line {other.line} is of another API: it is not taken")
    return True


def _add_from(other: Definition, value: Json, log: ConversionLog) -> None:
    """Add what another dict of the document says and the configuration does not."""
    origin = f"from the code on line {other.line}"
    for part in walk(other.value):
        if isinstance(part, dict):
            _add_resource(value["resources"], part, origin, log)
    given = other.value if isinstance(other.value, dict) else {}
    if isinstance(given.get("client"), dict) and "client" not in value:
        value["client"] = given["client"]
        log.assume(None, f"client is taken {origin}")
    auth, client = given.get("auth"), value.get("client")
    is_auth = isinstance(auth, dict) and "type" in auth
    if is_auth and isinstance(client, dict) and "auth" not in client:
        client["auth"] = auth
        log.assume(None, f"auth is taken {origin}")


def _add_resource(resources: list[Any], part: Json, origin: str, log: ConversionLog) -> None:
    """Fill the resource of the same name, or those of the same path; else add it."""
    name, path = part.get("name"), part.get("path")
    blocks = [resource for resource in resources if isinstance(resource, dict)]
    if not isinstance(name, str) or not isinstance(part.get("endpoint"), dict | str):
        endpoints = [(block, block.get("endpoint")) for block in blocks]
        for block, own in endpoints:
            if isinstance(path, str) and isinstance(own, dict) and own.get("path") == path:
                _fill(block, {"endpoint": part}, origin, log)
    elif known := next((block for block in blocks if block.get("name") == name), None):
        _fill(known, part, origin, log)
    elif not _NO_NAME.fullmatch(name.lower()) and name not in resources:
        resources.append(copy_tree(part))
        log.assume(name, f"the resource is taken {origin}")


def _fill(resource: Json, part: Mapping[str, Any], origin: str, log: ConversionLog) -> None:
    """Add the keys that a resource and its endpoint lack."""
    for holder, other in ((resource, part), (resource.get("endpoint"), part.get("endpoint"))):
        if not isinstance(holder, dict) or not isinstance(other, Mapping):
            continue
        for key in [key for key in other if key not in holder and key != "error_handler"]:
            holder[key] = copy_tree(other[key])
            log.assume(str(resource.get("name")), f"{key} is taken {origin}")
