"""A response of the API whose body has been parsed: what `ApiClient.send` returns."""

import http.client
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from requests import Response

from analytics_ingest.common.large_json import LARGE, parse_large
from analytics_ingest.common.numbers import parse_json
from analytics_ingest.common.unusable_response import UnusableResponseError


class ApiResponse(Response):
    """A response whose body is parsed once, however often a paginator asks for it."""

    body: Any = None
    is_ignored: bool = False
    """A response action says to ignore it: it ends the listing, and its body is not parsed."""

    def json(self, **kwargs: Any) -> Any:
        return self.body


def parse_response(response: Response, actions: Sequence[Mapping[str, Any]]) -> ApiResponse:
    """Parse the body of a response.

    Args:
        actions: The endpoint's `response_actions`: which responses to ignore.

    Raises:
        UnusableResponseError: It has an error status, or its body is not JSON.
    """
    parsed = ApiResponse()
    parsed.__dict__.update(response.__dict__)
    parsed.is_ignored = any(_matches(action, response) for action in actions)
    if not parsed.is_ignored:
        _check_status(response)
        parsed.body = _parsed_body(response)
    return parsed


def _matches(action: Mapping[str, Any], response: Response) -> bool:
    status, content = action.get("status_code"), action.get("content")
    return (status is None or str(status) == str(response.status_code)) and (
        content is None or content in response.text
    )


def _check_status(response: Response) -> None:
    status = response.status_code
    if status < HTTPStatus.BAD_REQUEST:
        return
    # The standard reason phrase: an API can repeat in its own whatever it was sent.
    phrase = http.client.responses.get(status, "")
    is_denied = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    hint = "check the key and its permissions" if is_denied else ""
    raise UnusableResponseError(response, f"the API answered {status} {phrase}".strip(), hint)


def _parsed_body(response: Response) -> Any:
    if response.status_code == HTTPStatus.NO_CONTENT:
        return []
    content = response.content
    try:
        return parse_large(content) if len(content) >= LARGE else parse_json(content)
    except ValueError:
        raise UnusableResponseError(
            response, "the response is not JSON", "check the path", is_broken=True
        ) from None
    except RecursionError:
        raise UnusableResponseError(
            response, "the response is nested too deeply to be parsed"
        ) from None
