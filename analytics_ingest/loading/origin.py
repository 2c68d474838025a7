"""The origin of an address: scheme, host and port, beyond which no key is sent."""

from urllib.parse import SplitResult, urljoin, urlsplit

from requests import Response, Session

from analytics_ingest.loading.retry import UnusableAnswerError


class OneOriginSession(Session):
    """A session that follows no redirect from the origin of `url` to another."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.origin = origin(url)

    def get_redirect_target(self, resp: Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target and origin(urljoin(resp.url, target)) != self.origin:
            elsewhere = shown(urljoin(resp.url, target))
            resp.close()
            raise UnusableAnswerError(resp, f"the API redirects to {elsewhere}, which is refused")
        return target


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
