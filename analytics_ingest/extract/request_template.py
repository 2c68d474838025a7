"""The request that begins a listing: an endpoint, and what fills its placeholders.

Settings and the window are filled in for all listings of a resource, the fields of a parent's row
and the values of a list for each of its own.
"""

import copy
import itertools
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from dlt.sources.helpers.rest_client.utils import join_url
from dlt.sources.rest_api.config_setup import expand_placeholders
from requests import Request

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest.extract.window_filter import placeholder_values, query_params


class RequestTemplate:
    """What the first requests of a resource's listings have in common.

    Raises:
        SettingError: A setting that is to hold values holds none.
    """

    def __init__(
        self,
        resource: ResourceDeclaration,
        base_url: str,
        window: Window,
        settings: SettingValues,
    ) -> None:
        endpoint = resource.endpoint
        self._path = resource.path
        self._endpoint = endpoint
        self._base_url = base_url
        self._params = {k: v for k, v in endpoint.params.items() if not isinstance(v, dict)}
        written = (self._path, self._params, endpoint.headers, endpoint.json_body, endpoint.data)
        self._shared = {
            **placeholder_values(resource.incremental, window),
            **settings.placeholders_in(written),
        }
        self.window_params = query_params(resource.incremental, window)
        """The bounds of the window that are sent, by parameter."""
        self._in_query = [name for name in resource.each if f"{{{name}}}" not in str(written)]
        self.values = _combinations(resource, settings)
        """What fills the names of params of type each, for one listing after the other."""
        self._columns = {n: c for n in resource.each if (c := endpoint.params[n].get("column"))}

    def filled(self, bindings: Mapping[str, Any]) -> Request:
        """The request of a listing's first page.

        Args:
            bindings: What fills the placeholders of this listing alone.
        """
        endpoint = self._endpoint
        values = {**self._shared, **bindings}
        params = expand_placeholders(self._params, values)
        in_path = {k: params.pop(k) for k in list(params) if f"{{{k}}}" in self._path}
        params |= {name: values[name] for name in self._in_query}
        path = self._filled_path({**in_path, **values})
        absolute = path.startswith(("http://", "https://"))
        return Request(
            method=endpoint.method.upper(),
            url=path if absolute else join_url(self._base_url, path),
            headers=expand_placeholders(endpoint.headers, values),
            params={**params, **self.window_params},
            json=copy.deepcopy(expand_placeholders(endpoint.json_body, values, True)),
            data=expand_placeholders(endpoint.data, values) or [],
        )

    def columns_of(self, bindings: Mapping[str, Any]) -> dict[str, Any]:
        """What each row of a listing holds of the values that the listing is for, by column."""
        return {column: bindings[name] for name, column in self._columns.items()}

    def _filled_path(self, values: Mapping[str, Any]) -> str:
        # A path that is one placeholder holds a URL of the API's own; parts of a path do not.
        is_whole = self._path.startswith("{") and self._path.count("{") == 1
        if not (is_whole and self._path.endswith("}")):
            values = {name: quote(str(value), safe="") for name, value in values.items()}
        return expand_placeholders(self._path, dict(values))


def _combinations(resource: ResourceDeclaration, settings: SettingValues) -> list[dict[str, Any]]:
    """One listing without values where there is no list of them."""
    lists = [_values(resource, name, settings) for name in resource.each]
    return [dict(zip(resource.each, values, strict=True)) for values in itertools.product(*lists)]


def _values(resource: ResourceDeclaration, name: str, settings: SettingValues) -> list[Any]:
    written = resource.each[name]
    if not isinstance(written, str):
        return written
    parts = (part.strip() for part in settings.filled(written).split(","))
    if found := [part for part in parts if part]:
        return found
    raise SettingError(
        f"{resource.api}.{resource.name}: endpoint.params.{name}.values: {written} holds no value; "
        "set it to values that are separated by commas"
    )
