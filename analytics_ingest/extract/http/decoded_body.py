"""The body of a response that is not plain JSON → what a selector reads rows from."""

from email.message import Message
from typing import Any

from requests import Response

from analytics_ingest.common.spool import IN_MEMORY, Budget, Spool, SpoolError
from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.declaration.element_path import ElementPath, parse_element_path
from analytics_ingest.declaration.models.decoder import Decoder
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.extract.decoders.compression import decompress
from analytics_ingest.extract.decoders.decode import BodyDecoder
from analytics_ingest.extract.decoders.errors import DecodingError
from analytics_ingest.extract.http.body import describe_empty_body, explain_spool_error, get_spool
from analytics_ingest.extract.http.encoding import find_unread_compression

_NAMES = {"csv": "CSV", "json": "JSON", "jsonl": "JSON Lines", "lines": "lines", "xml": "XML"}


def decode_body(
    response: Response, endpoint: Endpoint, decoder: Decoder
) -> tuple[Any, list[str] | None]:
    """Return what is in the body of a response: rows, or an object that holds them; and the header.

    The header is that of CSV, as the API sent it.

    Raises:
        UnusableResponseError: It is broken, or something else.
    """
    source, limit = get_spool(response)
    if source.size and (compressed := find_unread_compression(response)):
        raise compressed
    if not source.size:
        if decoder.type in ("jsonl", "lines") and not decoder.has_members:
            return [], None
        raise UnusableResponseError(response, *describe_empty_body(response), is_retryable=True)
    try:
        body_decoder = BodyDecoder(
            decoder, _build_row_path(endpoint, decoder), _read_charset(response)
        )
        body = body_decoder.decode(source, Budget(int(limit.size)))
        return body, body_decoder.header
    except SpoolError as error:
        raise explain_spool_error(response, limit, error) from None
    except DecodingError as error:
        problem = f"the response is not {_NAMES[decoder.type]}: {error.problem}"
        raise UnusableResponseError(
            response, problem, error.hint, is_retryable=error.is_retryable
        ) from None
    except RecursionError:
        raise UnusableResponseError(
            response, "the response is nested too deeply to be parsed"
        ) from None


def decompress_response(response: Response, decoder: Decoder) -> Response:
    """Return a response with the start of its first part as content; itself if it has no parts."""
    if "spool" not in response.__dict__:
        return response
    source, limit = get_spool(response)
    try:
        part = next(decompress(source, decoder.compressions, Budget(int(limit.size))), Spool())
    except (DecodingError, SpoolError):
        return response
    opened = Response()
    opened.__dict__.update(response.__dict__)
    opened._content = part.read(0, part.size if decoder.type == "json" else IN_MEMORY)
    return opened


def _build_row_path(endpoint: Endpoint, decoder: Decoder) -> ElementPath:
    if decoder.type != "xml":
        return ElementPath()
    selector, is_in_list = endpoint.data_selector or "$", decoder.has_members
    return parse_element_path(selector, is_in_list=is_in_list) or ElementPath()


def _read_charset(response: Response) -> str | None:
    header = Message()
    header["Content-Type"] = response.headers.get("Content-Type", "")
    return header.get_content_charset()
