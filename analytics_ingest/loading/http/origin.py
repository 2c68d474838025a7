"""The origin of an address: scheme, host and port, beyond which no key is sent."""

from http import HTTPStatus
from urllib.parse import SplitResult, urljoin, urlsplit

from requests import Response, Session

from analytics_ingest.loading.http.retry import UnusableAnswerError

KEEP_THE_METHOD = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)
"""Redirects after which a POST stays a POST."""


class OneOriginSession(Session):
    """A session that follows no redirect from the origin of `url` to another."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.origin = origin(url)

    def get_redirect_target(self, resp: Response) -> str | None:
        target = super().get_redirect_target(resp)
        if not target:
            return None
        url = urljoin(resp.url, target)
        if origin(url) != self.origin:
            resp.close()
            raise UnusableAnswerError(
                resp, f"the API redirects to {shown(url)}, which is refused; correct base_url"
            )
        if resp.request.method == "POST" and resp.status_code not in KEEP_THE_METHOD:
            resp.close()
            raise UnusableAnswerError(
                resp, "the API redirects a POST, which would become a GET; correct the path"
            )
        return _with_query(url, urlsplit(resp.url))


def _with_query(url: str, asked: SplitResult) -> str:
    """A redirect to the same path with or without a slash at its end, with what was asked there."""
    target = urlsplit(url)
    is_same = target.path.rstrip("/") == asked.path.rstrip("/")
    return target._replace(query=asked.query).geturl() if is_same and not target.query else url


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port; what is no address has none of them."""
    try:
        parts: SplitResult = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", None, None
    return parts.scheme, parts.hostname, port


def shown(url: str) -> str:
    scheme, host, port = origin(url)
    return f"{scheme}://{host}:{port}" if host else "no http address"
