"""A response of the API → its parsed body, or why it holds no data.

`parse_response` decides by the status, the body's form, and what the endpoint declares about both.
Whether the parsed body holds rows or an error is decided in `extract.error_bodies`.

    data      2xx with JSON, or what the endpoint's `decoder` reads
    not yet   202, and every status that `retry_on_status_codes` lists: retried
    nothing   204, 205, and what a response action ignores: an empty page
    refused   every other status: retried if the error handler lists it
    broken    a success whose body cannot be parsed: retried
"""

import http.client
import json
from http import HTTPStatus
from typing import Any

from requests import Response

from analytics_ingest.common.exact_json import RepeatedNameError, parse_json
from analytics_ingest.common.large_json import LARGE, parse_large
from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.extract.http.actions import find_action
from analytics_ingest.extract.http.body import describe_empty_body
from analytics_ingest.extract.http.encoding import decode, decode_text, find_unread_compression
from analytics_ingest.extract.http.rate_limits import is_overload
from analytics_ingest.extract.responses.error_bodies import find_row_selector

_EMPTY = (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT)
_DENIED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class ApiResponse(Response):
    """A response whose body is parsed once, however often a paginator asks for it."""

    body: Any = None
    table_header: list[str] | None = None
    """The header of CSV, as the API sent it."""
    is_ignored: bool = False
    """A response action says to ignore it: it ends the listing, and its body is not parsed."""

    def json(self, **kwargs: Any) -> Any:
        return self.body


def parse_response(response: Response, endpoint: Endpoint, place: str = "") -> ApiResponse:
    """Parse the body of a response.

    Args:
        endpoint: Says which responses to ignore, to retry and to refuse.
        place: What is requested, for messages.

    Raises:
        UnusableResponseError: It holds no data.
        ApiError: A predicate of `response_actions` cannot be evaluated.
    """
    parsed = ApiResponse()
    parsed.__dict__.update(response.__dict__)
    actions = endpoint.response_actions
    readable = _decompress(response, endpoint) if actions else response
    action = find_action(actions, readable, f"{place}: response_actions:")
    if action in ("retry", "fail", "rate_limited"):
        raise UnusableResponseError(
            response,
            f"{_describe_answer(response)}, for which response_actions declare '{action}'",
            is_retryable=action != "fail",
            is_rate_limit=action == "rate_limited",
        )
    parsed.is_ignored = action == "ignore"
    if action == "success":
        parsed.body = _parse_body(parsed, endpoint)
    elif not parsed.is_ignored:
        _check_status(response, endpoint)
        parsed.body = _read_body(parsed, endpoint)
    return parsed


def _decompress(response: Response, endpoint: Endpoint) -> Response:
    """Decompress the body, so that `response_actions` can read it."""
    decoder = endpoint.decoder
    if decoder is None or not decoder.compressions:
        return response
    # Only here: few APIs need it.
    from analytics_ingest.extract.http.decoded_body import decompress_response

    return decompress_response(response, decoder)


def _check_status(response: Response, endpoint: Endpoint) -> None:
    status, handler = response.status_code, endpoint.error_handler
    is_listed = handler is not None and status in handler.retry_on_status_codes
    is_success = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    if is_success and not is_listed:
        return
    hint = "retry_on_status_codes lists it, so it counts as not ready" if is_success else ""
    if status in _DENIED and is_overload(response):
        hint = "this is a rate limit: lower concurrency, or run the load again later"
    raise UnusableResponseError(response, _describe_answer(response), hint)


def _read_body(response: ApiResponse, endpoint: Endpoint) -> Any:
    if response.status_code in _EMPTY:
        return []
    if response.status_code == HTTPStatus.ACCEPTED:
        return _read_accepted_body(response, endpoint)
    return _parse_body(response, endpoint)


def _read_accepted_body(response: ApiResponse, endpoint: Endpoint) -> Any:
    """Read the body of a 202, whose data is not ready; `partial: allow` may load it."""
    try:
        body = _parse_body(response, endpoint)
    except UnusableResponseError:
        body = None
    has_rows = isinstance(body, dict | list) and find_row_selector(body) is not None
    if has_rows and endpoint.partial == "allow":
        return body
    way = "; if its rows are all the data, declare partial: allow" if has_rows else ""
    raise UnusableResponseError(
        response,
        f"{_describe_answer(response)}: the data is not ready yet",
        f"raise error_handler.max_retries, or run the load again later{way}",
        is_retryable=True,
    )


def _describe_answer(response: Response) -> str:
    # The standard reason phrase: an API's own can repeat a secret that it was sent.
    phrase = http.client.responses.get(response.status_code, "")
    return f"the API answered {response.status_code} {phrase}".strip()


def _parse_body(response: ApiResponse, endpoint: Endpoint) -> Any:
    decoder = endpoint.decoder
    if decoder is not None and not decoder.is_plain:
        # Only here: a load of JSON does not pay for it.
        from analytics_ingest.extract.http.decoded_body import decode_body

        body, response.table_header = decode_body(response, endpoint, decoder)
        return body
    return _parse_json(response)


def _parse_json(response: Response) -> Any:
    content = response.content
    try:
        is_utf8 = json.detect_encoding(content).startswith("utf-8")
        if len(content) >= LARGE and is_utf8:
            return parse_large(content)
        text = decode(response)
        return parse_json(content if is_utf8 else text.encode(), text)
    except RepeatedNameError as error:
        hint = "one of them would be lost; request another format, or report it to the API"
        raise UnusableResponseError(
            response, f"in the response {error}", hint, is_retryable=False
        ) from None
    except ValueError:
        if compressed := find_unread_compression(response):
            raise compressed from None
        if _holds_lines(response):
            hint = "declare decoder: jsonl"
            problem = "the response is not one JSON document, but one a line"
            raise UnusableResponseError(response, problem, hint, is_retryable=False) from None
        problem, hint = _describe_broken(response)
        raise UnusableResponseError(response, problem, hint, is_retryable=True) from None
    except RecursionError:
        raise UnusableResponseError(
            response, "the response is nested too deeply to be parsed"
        ) from None


def _holds_lines(response: Response) -> bool:
    """Return whether each of the first two lines of a body is an object or a list in JSON."""
    lines = decode_text(response).strip().split("\n", 2)[:2]
    try:
        return len(lines) > 1 and all(isinstance(json.loads(line), dict | list) for line in lines)
    except (ValueError, RecursionError):
        return False


def _describe_broken(response: Response) -> tuple[str, str]:
    """Describe what a body is that is not JSON, and what to do."""
    start = decode_text(response).lstrip("\ufeff \t\r\n")[:200].lower()
    if not start:
        return describe_empty_body(response)
    if start.startswith(("<!doctype html", "<html")):
        return "the response is not JSON but HTML", "check the path and the key"
    if start.startswith("<"):
        hint = "check the path, or request JSON with headers: {Accept: application/json}"
        return "the response is not JSON but XML", hint
    if start.startswith(("{", "[")):
        hint = (
            "it may be cut off, or not in the charset that it names; see whether smaller pages help"
        )
        return "the response is not JSON, though it begins as JSON", hint
    return "the response is not JSON", "check the path"
