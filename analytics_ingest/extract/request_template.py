"""The first request of a listing: an endpoint, and the values of its placeholders.

Settings have one value for all listings of a resource. The fields of a parent's row and the values
of a list differ from listing to listing: these are its bindings. So does a window that is requested
in pieces.
"""

import copy
import itertools
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from dlt.sources.helpers.rest_client.utils import join_url
from dlt.sources.rest_api.config_setup import expand_placeholders
from requests import Request

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.json_tree import spell, spell_all, spell_date
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest.extract.window_filter import WindowFilter


class RequestTemplate:
    """Builds the first request of each listing of a resource.

    Raises:
        SettingError: A setting that lists the values of a param is empty.
    """

    def __init__(
        self,
        resource: ResourceDeclaration,
        base_url: str,
        settings: SettingValues,
    ) -> None:
        endpoint = resource.endpoint
        self._path = resource.path
        self._endpoint = endpoint
        self._base_url = base_url
        self._params = {k: v for k, v in endpoint.params.items() if not _has_type(v)}
        parts = (self._path, self._params, endpoint.headers, endpoint.json_body, endpoint.data)
        self._shared = settings.placeholders_in(parts)
        self._in_query = [name for name in resource.each if f"{{{name}}}" not in str(parts)]
        self.values = _combinations(resource, settings)
        """The bindings of params of type each: one set for each listing."""
        self._columns = {n: c for n in resource.each if (c := endpoint.params[n].get("column"))}

    def first_request(self, bindings: Mapping[str, Any], window_filter: WindowFilter) -> Request:
        """Build the request of a listing's first page.

        Args:
            bindings: The values of the placeholders that only this listing has.
        """
        endpoint = self._endpoint
        values = {**self._shared, **window_filter.placeholders, **bindings}
        texts = spell_all(values)
        params = {
            expand_placeholders(name, texts): _as_param(value, values, texts)
            for name, value in self._params.items()
        }
        in_path = {k: params.pop(k) for k in list(params) if f"{{{k}}}" in self._path}
        params |= {name: texts[name] for name in self._in_query}
        path = self._filled_path({**in_path, **texts})
        absolute = path.startswith(("http://", "https://"))
        return Request(
            method=endpoint.method.upper(),
            url=path if absolute else join_url(self._base_url, path),
            headers=_as_headers(expand_placeholders(endpoint.headers, texts)),
            params={**params, **window_filter.params},
            json=_fill_json(endpoint.json_body, values, texts),
            data=spell_all(expand_placeholders(endpoint.data, texts)) or [],
        )

    def columns_of(self, bindings: Mapping[str, Any]) -> dict[str, Any]:
        """The bindings that each row of a listing gets as columns, where `column` is declared."""
        return {column: bindings[name] for name, column in self._columns.items()}

    def _filled_path(self, values: Mapping[str, Any]) -> str:
        # A path that is a single placeholder takes a whole URL, which must not be quoted.
        is_whole = self._path.startswith("{") and self._path.count("{") == 1
        if not (is_whole and self._path.endswith("}")):
            values = {name: quote(str(value), safe="") for name, value in values.items()}
        return expand_placeholders(self._path, dict(values))


def _as_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {n: v if v is None else str(spell(v)) for n, v in headers.items()}


def _has_type(param: Any) -> bool:
    return isinstance(param, Mapping) and "type" in param


def _as_param(value: Any, values: Mapping[str, Any], texts: dict[str, Any]) -> Any:
    """The value of a query parameter: an object as JSON, each item of a list by itself."""
    if isinstance(value, Mapping):
        return json.dumps(_fill_json(value, values, texts), ensure_ascii=False)
    if isinstance(value, list):
        return [_as_param(item, values, texts) for item in value]
    return spell_all(expand_placeholders(value, texts))


def _fill_json(body: Any, values: Mapping[str, Any], texts: Mapping[str, Any]) -> Any:
    """A JSON body: a placeholder alone becomes the value itself, one within text its spelling."""
    if isinstance(body, Mapping):
        return {
            expand_placeholders(key, dict(texts)): _fill_json(value, values, texts)
            for key, value in body.items()
        }
    if isinstance(body, list):
        return [_fill_json(item, values, texts) for item in body]
    value = expand_placeholders(body, dict(values), preserve_value_type=True)
    if isinstance(value, str):
        return expand_placeholders(body, dict(texts))
    return spell_date(copy.deepcopy(value))


def _combinations(resource: ResourceDeclaration, settings: SettingValues) -> list[dict[str, Any]]:
    """All combinations of the listed values; one empty set if nothing is listed."""
    lists = [_values(resource, name, settings) for name in resource.each]
    return [dict(zip(resource.each, values, strict=True)) for values in itertools.product(*lists)]


def _values(resource: ResourceDeclaration, name: str, settings: SettingValues) -> list[Any]:
    declared = resource.each[name]
    if not isinstance(declared, str):
        return declared
    parts = (part.strip() for part in settings.filled(declared).split(","))
    if values := [part for part in parts if part]:
        return values
    raise SettingError(
        f"{resource.api}.{resource.name}: endpoint.params.{name}.values: {declared} is empty; "
        "set it to values separated by commas"
    )
