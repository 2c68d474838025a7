"""A resource that is ready to be listed: what all its listings share.

A `Listing` is made of a template and the values of its own placeholders.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from dlt.sources.helpers.rest_client.detector import single_entity_path
from requests import Request

from analytics_ingest.auth.base import Auth
from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.header_check import HeaderChecks
from analytics_ingest.extract.http.api_request import ApiRequest, list_texts
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.http.origin import show_origin
from analytics_ingest.extract.http.retry import DLT_DEFAULT, NO_RETRIES
from analytics_ingest.extract.jobs.job_template import JobTemplate
from analytics_ingest.extract.paging.build import build_paging, check_paths
from analytics_ingest.extract.processing.masking import RowMask
from analytics_ingest.extract.processing.merge_keys import build_merge_keys
from analytics_ingest.extract.processing.steps import RowSteps
from analytics_ingest.extract.requests.request_template import RequestTemplate
from analytics_ingest.extract.responses.error_bodies import find_error
from analytics_ingest.extract.responses.page_doubts import note_doubts
from analytics_ingest.extract.selectors.plain_values import wrap_values
from analytics_ingest.extract.selectors.row_object import RowObject, UnclearRowsError
from analytics_ingest.extract.selectors.selector import Selector, detect_selector
from analytics_ingest.extract.settings import SettingValues
from analytics_ingest.extract.windows.unsent_bounds import explain_unsent_bounds
from analytics_ingest.extract.windows.window_filter import WindowFilter, build_piece_reader
from analytics_ingest.paginators.base import Paginator
from analytics_ingest.paginators.counted import CountedKeys


class ListingTemplate:
    """The paginator, the selector, the window filters and the request of a resource's listings.

    Args:
        window: The window whose rows are loaded.
        stored_window: Rows that are stored; a full reading also stores rows outside `window`.
        window_filters: What is requested: a listing each. They filter nothing where a listing must
            be read whole, because its children or a snapshot need all rows.
        parents_since: Listings are opened by parents that changed since then; None for all.
        is_retried: Whether failed requests are sent again, as the endpoint's error handler says.

    Raises:
        SettingError: A JSONPath of the declaration cannot be parsed, or a setting holds no value.
    """

    def __init__(
        self,
        resource: ResourceDeclaration,
        client: ApiClient,
        auth: Auth | None,
        settings: SettingValues,
        *,
        window: Window,
        stored_window: Window,
        window_filters: Sequence[WindowFilter],
        parents_since: datetime | None = None,
        is_retried: bool = True,
    ) -> None:
        check_paths(resource)
        self.resource = resource
        self.client, self.auth, self.settings = client, auth, settings
        self.window, self.stored_window = window, stored_window
        self.window_filters, self.parents_since = window_filters, parents_since
        handler = resource.endpoint.error_handler or DLT_DEFAULT
        self._error_handler = handler if is_retried else NO_RETRIES
        single = single_entity_path(resource.path)
        self.paging = build_paging(resource, settings, "single_page" if single else "auto")
        decoder = resource.endpoint.decoder
        is_body = single or (decoder is not None and decoder.is_row_based)
        path = resource.endpoint.data_selector or ("$" if is_body else None)
        self.selector = Selector(path) if path else None
        job = resource.endpoint.job
        if job and not is_retried:
            job = job.model_copy(update={"attempts": 1})
        self.request_template = RequestTemplate(
            resource, client.base_url, settings, sends_window=job is None
        )
        self.job = job and JobTemplate(
            resource, job, client.base_url, settings, auth=auth, error_handler=self._error_handler
        )
        """Its jobs, whose targets open its listings; None if nothing comes before these."""
        self.header_checks = HeaderChecks(resource)
        self.row_steps = RowSteps(resource, settings)
        self.merge_keys = build_merge_keys(resource, settings)
        """By which the rows of chunks of fields are merged."""
        self.row_mask = RowMask(resource, settings)
        self._read_cursor = build_piece_reader(resource, len(window_filters))

    @property
    def place(self) -> str:
        """What errors name: the resource and its request, without any value."""
        resource = self.resource
        return f"{resource.api}.{resource.name}: {resource.endpoint.method.upper()} {resource.path}"

    def without_place(self, error: ApiError) -> str:
        """Return the message of an error of this resource, where its place is shown already."""
        return str(error).removeprefix(f"{self.place}: ")

    def build_for_probe(
        self, window_filter: WindowFilter, auth: Auth | None, *, is_retried: bool = False
    ) -> "ListingTemplate":
        """Build the template with another filter or key; a request is sent once unless retried."""
        return ListingTemplate(
            self.resource,
            self.client,
            auth,
            self.settings,
            window=window_filter.window,
            stored_window=window_filter.window,
            window_filters=[window_filter],
            is_retried=is_retried,
        )

    def describe_page_size(self, page_size: int | None) -> str:
        """Describe pages that are shorter than requested in a log line, once for each resource."""
        news = self.paging.evidence.sizes.take_news()
        if not news:
            return ""
        resource = self.resource
        return f"{resource.api}.{resource.name}: {page_size} rows a page were requested, and {news}"

    def detect_selector(self, body: Any, bindings: Mapping[str, Any]) -> Selector:
        """Return the selector of the rows in a body, where none is declared.

        Raises:
            ApiError: It is not clear where the rows are, or how to write that.
        """
        row_object = RowObject(self.resource, bindings, is_processed=not self.row_steps.is_empty)
        try:
            selector = detect_selector(body, row_object)
        except UnclearRowsError as error:
            raise ApiError(f"{self.place}: {error}") from None
        self.paging.evidence.warn_if("selector", row_object.doubt)
        return selector

    def find_error(
        self, body: Any, selector: Selector, rows: Sequence[Any], bindings: Mapping[str, Any]
    ) -> str | None:
        """Return why a response is not a page of rows; note what puts it in doubt if it is."""
        note_doubts(body, selector, self.resource, self.paging.evidence)
        return find_error(body, selector, rows, self.resource, bindings.values())

    def process_rows(
        self, rows: list[Any], bindings: Mapping[str, Any], window_filter: WindowFilter
    ) -> list[Any]:
        """Return the rows of a listing to load: those of the API after the processing steps."""
        rows = wrap_values(rows)
        if self.row_steps.is_empty:
            return rows
        variables = self.request_template.build_variables(bindings, window_filter.bounds)
        return self.row_steps.apply(rows, variables)

    def keep_own_rows(self, rows: list[Any], window_filter: WindowFilter) -> list[Any]:
        """Return the rows of a listing that no other window of the load may have too.

        APIs include a bound in both of the windows that meet there. Where rows have a key, a merge
        finds those that came twice.
        """
        read = self._read_cursor
        if read is None:
            return rows
        first, last = self.window_filters[0], self.window_filters[-1]
        window = window_filter.window
        own = Window(
            None if window_filter is first else window.start,
            None if window_filter is last else window.end,
        )
        return [row for row in rows if (at := read(row)) is None or at in own]

    def find_window_hint(self, window_filter: WindowFilter, status: int | None) -> str:
        """Find out whether a refused request lacks the window because of the children's listings.

        Other rows are stored where a listing is read whole for another reason.
        """
        if self.stored_window != self.window:
            return ""
        own, sent = self.resource.incremental, window_filter.window
        return explain_unsent_bounds(own, self.window, sent, status)

    def request_next_page(
        self,
        paginator: Paginator,
        request: Request,
        bindings: Mapping[str, Any],
        window_filter: WindowFilter,
    ) -> None:
        """Change a listing's request into that of its next page."""
        has_expressions = self.request_template.reads_page_token
        if not (has_expressions and self._is_sent_by_expressions):
            paginator.update_request(request)
        if has_expressions:
            self.request_template.refill(request, bindings, window_filter, paginator.page_token)

    @property
    def _is_sent_by_expressions(self) -> bool:
        """Whether no key of the paginator says where a request carries the token."""
        keys = self.paging.keys
        declared = (getattr(keys, key, None) for key in ("cursor_param", "cursor_body_path"))
        return not isinstance(keys, CountedKeys) and not any(declared)

    def build_api_request(
        self, request: Request, bindings: Mapping[str, Any] | None = None
    ) -> ApiRequest:
        """Build a listing's request, as the client sends it.

        Args:
            bindings: What fills its placeholders.
        """
        endpoint, auth = self.resource.endpoint, self.auth
        is_download = endpoint.job is not None and self.client.is_elsewhere(str(request.url))
        if is_download:
            if request.method != "GET" or request.params or request.json or request.data:
                raise ApiError(
                    f"{self.place}: the result is at {show_origin(str(request.url))}, another host "
                    "than the API, which gets no parameters, no pages and no body; remove them"
                )
            # The key belongs to the API; the address itself says that its reader may have it.
            request, auth = Request("GET", request.url), None
        request.auth = auth
        values = list_texts(bindings or {})
        return ApiRequest(
            self.place,
            request,
            auth,
            self._error_handler,
            endpoint,
            values,
            is_download=is_download,
        )


def find_ancestors(
    resource: ResourceDeclaration, templates: Mapping[str, ListingTemplate]
) -> Iterator[ListingTemplate]:
    """Yield the templates of a resource's parents, and of theirs; one may come several times."""
    for parent in resource.parents:
        template = templates[parent.resource]
        yield template
        yield from find_ancestors(template.resource, templates)
