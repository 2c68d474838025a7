"""What a stream does with the rows of a response: select, filter, change."""

import re
from typing import Any

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.jsonpaths import join
from analytics_ingest.declaration.models.processing import is_expression

Step = dict[str, Any]

_SLICE = re.compile("stream_(partition|slice)")
_RECORD = re.compile(r"\{\{\s*record\b")


def read_selector(selector: Component, texts: Interpolation) -> str:
    """Read where the rows are in a response."""
    extractor = selector.read_child("extractor", "DpathExtractor")
    if extractor is None:
        raise UnsupportedError("it has no extractor")
    return read_path(extractor, texts)


def read_path(extractor: Component, texts: Interpolation) -> str:
    """Read the JSONPath of what an extractor takes out of a response."""
    if extractor.kind != "DpathExtractor":
        raise UnsupportedError(f"the extractor {extractor.kind} has no counterpart")
    raw = extractor.take("field_path") or []
    path = [texts.evaluate_constant(part, extractor.parameters) for part in _as_list(raw)]
    if any("{{" in str(part) for part in path):
        raise UnsupportedError("the path of the rows is an expression")
    return join([str(part) for part in path if part != ""]) or "$"


def read_steps(
    selector: Component, transformations: list[Component], texts: Interpolation
) -> list[Step]:
    """Read what happens to the rows, in order."""
    steps = [step for item in transformations for step in convert_step(item, texts)]
    condition = convert_condition(selector, texts)
    last = bool(selector.take("transform_before_filtering", False))
    return [*steps, *condition] if last else [*condition, *steps]


def describe_kept_texts(steps: list[Step], fields: dict[str, str]) -> str:
    """Describe texts that steps add and that look like numbers.

    Empty if there are none.
    """
    added = {key: value for step in steps for key, value in step.get("add", {}).items()}
    if _SLICE.search(str(added)):
        return "a text that rows get from a parent's row stays one"
    texts = [key for key in added if fields.get(key, "").rstrip("?") == "string"]
    is_copied = any(_RECORD.match(str(added[key])) for key in texts)
    return "a text that rows get from another field stays one" if is_copied else ""


def convert_condition(selector: Component, texts: Interpolation) -> list[Step]:
    """Convert the filter of a selector into a step; none without one."""
    record_filter = selector.read_child("record_filter", "RecordFilter")
    if record_filter is None:
        return []
    condition = str(record_filter.take("condition", ""))
    return (
        [{"filter": texts.convert_expression(condition, record_filter.parameters)}]
        if condition
        else []
    )


def convert_step(item: Component, texts: Interpolation) -> list[Step]:
    """Convert a transformation.

    Raises:
        UnsupportedError: It has no counterpart.
    """
    readers = {
        "AddFields": _add,
        "RemoveFields": _remove,
        "KeysToLower": lambda *_: [{"keys": "lower"}],
        "KeysToSnakeCase": lambda *_: [{"keys": "snake_case"}],
        "KeysReplace": _replace,
        "FlattenFields": lambda item, _: [{"flatten": {"lists": item.take("flatten_lists", True)}}],
        "DpathFlattenFields": _flatten_path,
    }
    if item.kind not in readers:
        raise UnsupportedError(f"the transformation {item.kind} has no counterpart")
    return readers[item.kind](item, texts)


def _add(item: Component, texts: Interpolation) -> list[Step]:
    added: Json = {}
    for definition in item.read_children("fields", "AddedFieldDefinition"):
        if not definition.take("path") or definition.take("value") is None:
            raise UnsupportedError("a field that is added has no path or no value")
        path = ".".join(_convert_texts(definition.take("path"), definition, texts))
        added[path] = _convert_value(definition, texts)
    return [{"add": added, **_read_condition(item, texts)}]


def _convert_value(definition: Component, texts: Interpolation) -> Any:
    value = texts.evaluate_constant(definition.take("value"), definition.parameters)
    if is_expression(value):
        value = texts.convert_expression(value, definition.parameters)
    kind = definition.take("value_type")
    return {"value": value, "type": str(kind)} if kind else value


def _read_condition(item: Component, texts: Interpolation) -> Step:
    condition = str(item.take("condition") or "")
    return {"when": texts.convert_expression(condition, item.parameters)} if condition else {}


def _remove(item: Component, texts: Interpolation) -> list[Step]:
    pointers = item.take_list("field_pointers")
    paths = [".".join(_convert_texts(pointer, item, texts)) for pointer in pointers]
    return [{"remove": paths, **_read_condition(item, texts)}]


def _replace(item: Component, texts: Interpolation) -> list[Step]:
    old, new = (str(texts.evaluate_constant(item.take(k), item.parameters)) for k in ("old", "new"))
    return [{"keys_replace": {old: new}}]


def _flatten_path(item: Component, texts: Interpolation) -> list[Step]:
    step: Json = {"path": _convert_texts(item.take("field_path"), item, texts)}
    if item.take("delete_origin_value"):
        step["delete_origin"] = True
    if item.take("replace_record"):
        step["replace_record"] = True
    if keys := item.read_child("key_transformation", "KeyTransformation"):
        for affix in ("prefix", "suffix"):
            if value := texts.evaluate_constant(keys.take(affix), keys.parameters):
                if "{{" in str(value):
                    raise UnsupportedError(f"{keys.kind}.{affix} is an expression")
                step[affix] = str(value)
    return [{"flatten_path": step}]


def _convert_texts(raw: Any, item: Component, texts: Interpolation) -> list[str]:
    return [str(texts.evaluate_constant(part, item.parameters)) for part in _as_list(raw)]


def _as_list(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else [raw]
