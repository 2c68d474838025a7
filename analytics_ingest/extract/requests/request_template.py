"""The first request of a listing: an endpoint, and the values of its placeholders.

Settings have one value for all listings of a resource. The fields of a parent's row and the values
of a list differ from listing to listing: these are its bindings. So does a window that is requested
in pieces. What reads the token of the next page is filled again for each page.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dlt.sources.helpers.rest_client.utils import join_url
from requests import Request

from analytics_ingest.common.expressions.references import JOB_ROOTS
from analytics_ingest.common.expressions.setting_text import SettingText
from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.common.json_tree import spell_all
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.requests.field_chunks import FieldChunks
from analytics_ingest.extract.requests.listed_values import list_combinations
from analytics_ingest.extract.requests.request_text import RequestValues
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest.extract.windows.window_filter import WindowFilter


class RequestTemplate:
    """Builds the first request of each listing of a resource.

    Args:
        key: What declares the request, for messages.
        sends_window: Whether `start_param` and `end_param` belong to this request.
        grouped: Placeholders that are lists; those of the resource unless they are given.

    Raises:
        SettingError: A setting that lists the values of a param is empty.
    """

    def __init__(
        self,
        resource: ResourceDeclaration,
        base_url: str,
        settings: SettingValues,
        *,
        key: str = "endpoint",
        sends_window: bool = True,
        grouped: Sequence[str] | None = None,
    ) -> None:
        endpoint = resource.endpoint
        self._path = resource.path
        self._endpoint = endpoint
        self._base_url = base_url
        self._place = f"{resource.api}.{resource.name}: {key}"
        self._sends_window = sends_window
        self._params = {k: v for k, v in endpoint.params.items() if not _has_type(v)}
        parts = [self._path, self._params, endpoint.headers, endpoint.json_body, endpoint.data]
        self._shared = settings.read_placeholders(parts)
        self._settings = settings.read_variables(parts)
        self._note_derived = settings.note_derived
        references = find_references(parts)
        sent, read = str(resource.sent_parts), find_references(resource.sent_parts).partition
        rows = _list_grouped_rows(resource)
        self._grouped = list_grouped(resource) if grouped is None else grouped
        """Placeholders that are lists, which a text holds with commas between the values."""
        self.fields = FieldChunks(resource, settings)
        """What the list of fields of a request may hold."""
        fields = [resource.field_list.name] if resource.field_list else []
        self._in_query = [
            name
            for name in (*resource.each, *rows, *fields)
            if f"{{{name}}}" not in sent and name not in read
        ]
        self.reads_page_token = references.has_page
        """Whether each page has a request of its own making."""
        self.values = list_combinations(resource, settings)
        """The bindings of params of type each: one set for each listing."""
        self._columns = {n: c for n in resource.each if (c := endpoint.params[n].get("column"))}

    def build_first_request(
        self,
        bindings: Mapping[str, Any],
        window_filter: WindowFilter,
        page_token: Any = None,
        chunk: Sequence[str] | None = None,
    ) -> Request:
        """Build the request of a listing's first page.

        Args:
            bindings: The values of the placeholders that only this listing has.
            page_token: What asks for the next page, for expressions; None for the first.
            chunk: The fields that are asked for, of a list in chunks; without it the first ones.
        """
        endpoint, bindings = self._endpoint, self.fields.bind(bindings, chunk)
        fill = self._build_values(bindings, window_filter, page_token)
        params = {
            fill.fill(name, f"params.{name}"): fill.fill_param(value, f"params.{name}")
            for name, value in self._params.items()
        }
        in_path = {k: params.pop(k) for k in list(params) if f"{{{k}}}" in self._path}
        params |= {name: fill.texts[name] for name in self._in_query}
        path = fill.fill_path(self._path, {**in_path, **fill.texts})
        absolute = path.startswith(("http://", "https://"))
        return Request(
            method=endpoint.method.upper(),
            url=path if absolute else join_url(self._base_url, path),
            headers={
                name: fill.fill_header(value, f"headers.{name}")
                for name, value in endpoint.headers.items()
            },
            params={**params, **(window_filter.params if self._sends_window else {})},
            json=self._build_json(fill),
            data=fill.fill_form(endpoint.data, "data"),
        )

    def _build_json(self, fill: RequestValues) -> Any:
        """Build the JSON body; a query in GraphQL is a part of it as it was declared."""
        endpoint = self._endpoint
        body = None if endpoint.json_body is None else fill.fill_json(endpoint.json_body, "json")
        if endpoint.graphql is None or not isinstance(body, Mapping):
            return body
        name = endpoint.graphql.operation_name
        operation = {"operationName": name} if name else {}
        return {"query": endpoint.graphql.query, **operation, **body}

    def refill(
        self,
        request: Request,
        bindings: Mapping[str, Any],
        window_filter: WindowFilter,
        page_token: Any,
    ) -> None:
        """Fill again what reads the token of the next page, and leave what the paginator sends."""
        fresh = self.build_first_request(bindings, window_filter, page_token)
        endpoint = self._endpoint
        if _reads_page(self._path):
            request.url = fresh.url
        if _reads_page(endpoint.data):
            request.data = fresh.data
        for attribute, declared in (
            ("params", self._params),
            ("headers", endpoint.headers),
            ("json", endpoint.json_body),
        ):
            if isinstance(declared, Mapping):
                paged = [name for name, value in declared.items() if _reads_page([name, value])]
                _take(attribute, paged, fresh, request)

    def build_columns(self, bindings: Mapping[str, Any]) -> dict[str, Any]:
        """Build the bindings that each row of a listing gets as columns by `column`."""
        return {column: bindings[name] for name, column in self._columns.items()}

    def build_variables(
        self, bindings: Mapping[str, Any], bounds: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Build what expressions may read of a listing: settings, its partition and its window."""
        named = {
            f"{bound}_{unit}": bounds.get(f"incremental.{bound}_value")
            for bound in ("start", "end")
            for unit in ("time", "date")
        }
        known = {name: SettingText(value) for name, value in named.items() if value is not None}
        # Airbyte tells the fields of a parent's row and of its own parent's apart; here each is
        # bound by its name.
        partition = {**known, **bindings, "extra_fields": bindings, "parent_slice": bindings}
        return {
            **{name: bindings[name] for name in JOB_ROOTS if name in bindings},
            **dict.fromkeys(("config", "settings"), self._settings),
            **dict.fromkeys(("stream_partition", "stream_slice", "stream_interval"), partition),
        }

    def _build_values(
        self, bindings: Mapping[str, Any], window_filter: WindowFilter, page_token: Any
    ) -> RequestValues:
        values = {**self._shared, **window_filter.placeholders, **bindings}
        token = None if page_token is None else {"next_page_token": page_token}
        variables = {
            **self.build_variables(bindings, window_filter.placeholders),
            "next_page_token": token,
        }
        texts = {n: ",".join(map(str, spell_all(values[n]))) for n in self._grouped if n in values}
        spelled = {**spell_all(values), **texts}
        return RequestValues(self._place, values, spelled, variables, self._note_derived)


def list_grouped(resource: ResourceDeclaration) -> list[str]:
    """List the placeholders of a resource's requests that hold several rows or values."""
    of_lists = [n for n in resource.each if "group" in resource.endpoint.params[n]]
    fields = [resource.field_list.name] if resource.field_list else []
    return [*_list_grouped_rows(resource), *of_lists, *fields]


def _list_grouped_rows(resource: ResourceDeclaration) -> list[str]:
    return [name for parent in resource.parents if parent.group for name, _ in parent.bindings]


def _has_type(param: Any) -> bool:
    return isinstance(param, Mapping) and "type" in param


def _reads_page(value: Any) -> bool:
    return find_references(value).has_page


def _take(attribute: str, names: list[str], fresh: Request, request: Request) -> None:
    """Take some params, headers or fields of a body from another request."""
    new, old = getattr(fresh, attribute), getattr(request, attribute)
    if not names or not isinstance(new, Mapping):
        return
    changed = {**(old if isinstance(old, Mapping) else {})}
    for name in names:
        changed.pop(name, None)
        if new.get(name) is not None:
            changed[name] = new[name]
    setattr(request, attribute, changed)
