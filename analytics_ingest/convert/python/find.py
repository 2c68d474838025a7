"""Chooses the configuration among all dicts of a document, and completes it from the others.

The one with most resources is taken. Resources, error handlers and auth that stand in other blocks
of code are added where the configuration does not speak of them.
"""

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics_ingest.convert.conversion_log import ConversionError, ConversionLog
from analytics_ingest.convert.markdown import Block, Document
from analytics_ingest.convert.python.statements import Found, Reading, read_blocks
from analytics_ingest.convert.python.values import MOST_VALUES, Code, Reference, is_too_large, walk

_NO_NAME = re.compile(r"((your|my|another|new|example|other|additional)_)?resources?(_name|_?\d+)?")

Json = dict[str, Any]


@dataclass(frozen=True)
class _Candidate:
    """A dict that may be the configuration, and where it was found."""

    value: Json
    found: Found

    @property
    def rank(self) -> tuple[int, bool, bool, int]:
        """The more resources, the better; of equal ones the first."""
        resources = self.value["resources"]
        count = len(resources) if isinstance(resources, list | dict) else 0
        return count, "client" in self.value, self.found.is_source, -self.found.line


def find_configuration(document: Document, notes: ConversionLog) -> Json:
    """Choose and complete the configuration.

    Raises:
        ConversionError: There is none, or it cannot be read.
    """
    whole = [Block(document.text, 1)]
    for blocks in (list(document.blocks), whole):
        reading = read_blocks(blocks)
        _refuse_large(document, reading)
        candidates = [
            _Candidate(value, found)
            for found in reading.found
            if (value := _configuration(found)) is not None
        ]
        if candidates:
            chosen = max(candidates, key=lambda candidate: candidate.rank)
            return _completed(document, chosen, reading, notes)
        if reading.problems:
            break
    raise ConversionError(_reason(document, reading))


def _refuse_large(document: Document, reading: Reading) -> None:
    for found in reading.found:
        if is_too_large(found.value):
            raise ConversionError(
                f"{document.name}, line {found.line}: holds more than {MOST_VALUES} values; "
                "leave out what is no configuration"
            )


def _configuration(found: Found) -> Json | None:
    """The dict that holds resources, wherever it is wrapped."""
    if not isinstance(found.value, dict):
        return None
    inner = [value for value in found.value.values() if isinstance(value, dict)]
    for value in (found.value, *inner):
        if isinstance(value.get("resources"), list | dict):
            return value
    return found.value if "resources" in found.value and "client" in found.value else None


def _reason(document: Document, reading: Reading) -> str:
    if reading.problems:
        problem = reading.problems[0]
        return (
            f"{document.name}, line {problem.line}: the configuration cannot be read: "
            f"{problem.reason}; mend it"
        )
    for found in reading.found:
        if found.is_source and isinstance(found.value, Reference):
            return (
                f"{document.name}, line {found.line}: `{found.value.name}` holds the configuration "
                "and is not defined in the document; add it"
            )
    return (
        f"{document.name}: holds no configuration; give one rest_api_source({{...}}), or a dict "
        "with client and resources"
    )


def _completed(
    document: Document, chosen: _Candidate, reading: Reading, notes: ConversionLog
) -> Json:
    value, line = copy.deepcopy(chosen.value), chosen.found.line
    if not isinstance(value["resources"], list | dict) or not value["resources"]:
        reason = _why_there_are_no(value["resources"])
        raise ConversionError(f"{document.name}, line {line}: {reason}")
    if chosen.found.is_mended:
        notes.assume(None, f"the code on line {line} is no Python: slips in it were mended")
    others = [other for other in reading.found if _configuration(other) is not chosen.value]
    others = [other for other in others if not _is_of_another_api(other, value, notes)]
    for other in others:
        if handler := _part(other.value, "error_handler", "retry_on_status_codes"):
            _add_handler(value, handler, f"from the code on line {other.line}", notes)
    for other in others if isinstance(value["resources"], list) else []:
        _complete(value, other, notes)
    return value


def _why_there_are_no(resources: Any) -> str:
    if isinstance(resources, Reference):
        return f"`{resources.name}` holds the resources and is not defined; add it"
    if isinstance(resources, Code):
        return f"resources is {resources.what}, which is not run; write the list"
    return "resources is empty; name at least one"


def _is_of_another_api(other: Found, value: Json, notes: ConversionLog) -> bool:
    configured = _configuration(other)
    clients = [(part or {}).get("client") for part in (configured, value)]
    urls = [client.get("base_url") for client in clients if isinstance(client, dict)]
    if len(urls) < len(clients) or urls[0] == urls[1]:
        return False
    notes.assume(None, f"the configuration on line {other.line} is of another API: it is not taken")
    return True


def _complete(value: Json, other: Found, notes: ConversionLog) -> None:
    """Add what another dict of the document says and the configuration does not."""
    told = f"from the code on line {other.line}"
    for part in walk(other.value):
        if not isinstance(part, dict):
            continue
        if _is_resource(part):
            _add_resource(value["resources"], part, told, notes)
        elif isinstance(part.get("path"), str):
            _add_endpoint(value["resources"], part, told, notes)
    given = other.value if isinstance(other.value, dict) else {}
    if isinstance(given.get("client"), dict) and "client" not in value:
        value["client"] = given["client"]
        notes.assume(None, f"client is taken {told}")
    auth, client = given.get("auth"), value.get("client")
    is_auth = isinstance(auth, dict) and "type" in auth
    if is_auth and isinstance(client, dict) and "auth" not in client:
        client["auth"] = auth
        notes.assume(None, f"auth is taken {told}")


def _is_resource(part: Mapping[str, Any]) -> bool:
    return isinstance(part.get("name"), str) and isinstance(part.get("endpoint"), dict | str)


def _part(value: Any, key: str, sign: str) -> Json | None:
    """The first block of a key, or the one that holds a key of such a block."""
    for part in walk(value):
        if isinstance(part, dict):
            block = part if sign in part else part.get(key)
            if isinstance(block, dict):
                return block
    return None


def _add_resource(resources: list[Any], part: Json, told: str, notes: ConversionLog) -> None:
    for resource in resources:
        if isinstance(resource, dict) and resource.get("name") == part["name"]:
            _fill(resource, part, told, notes)
            return
    if not _NO_NAME.fullmatch(part["name"].lower()) and part["name"] not in resources:
        resources.append(copy.deepcopy(part))
        notes.assume(part["name"], f"the resource is taken {told}")


def _add_endpoint(resources: list[Any], part: Json, told: str, notes: ConversionLog) -> None:
    for resource in resources:
        endpoint = resource.get("endpoint") if isinstance(resource, dict) else None
        if isinstance(endpoint, dict) and endpoint.get("path") == part["path"]:
            _fill(resource, {"endpoint": part}, told, notes)


def _fill(resource: Json, part: Json, told: str, notes: ConversionLog) -> None:
    """Add the keys that a resource and its endpoint lack."""
    own = resource.get("endpoint")
    more = part.get("endpoint")
    for holder, other in ((resource, part), (own, more)):
        if not isinstance(holder, dict) or not isinstance(other, dict):
            continue
        for key in [key for key in other if key not in holder and key != "error_handler"]:
            holder[key] = copy.deepcopy(other[key])
            notes.assume(str(resource.get("name")), f"{key} is taken {told}")


def _add_handler(value: Json, handler: Json, told: str, notes: ConversionLog) -> None:
    if any(isinstance(part, dict) and "error_handler" in part for part in walk(value)):
        return
    resources = value["resources"]
    if isinstance(resources, list) and len(resources) == 1 and isinstance(resources[0], dict):
        endpoint = resources[0].get("endpoint")
        if isinstance(endpoint, dict):
            endpoint["error_handler"] = copy.deepcopy(handler)
            notes.assume(None, f"error_handler is taken {told}")
            return
    defaults = value.setdefault("resource_defaults", {})
    if isinstance(defaults, dict) and isinstance(defaults.setdefault("endpoint", {}), dict):
        defaults["endpoint"]["error_handler"] = copy.deepcopy(handler)
        notes.assume(None, f"error_handler of all resources is taken {told}")
