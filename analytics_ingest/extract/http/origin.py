"""The origin of an address (scheme, host and port), and a session that never leaves it.

`OneOriginSession` checks the prepared URL of each request right before it is sent, so no spelling
of an address takes the key to another host. URLs that programs read differently are refused first.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

from requests import PreparedRequest, Request, RequestException, Response, Session
from requests.utils import requote_uri
from urllib3.util import parse_url

from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.extract.http.body import BodyLimit, read_body
from analytics_ingest.extract.http.errors import RefusedAddressError

USER_AGENT = "analytics-ingest"

METHOD_PRESERVING = (HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT)
"""Redirects after which a POST remains a POST."""

_BACKSLASH = re.compile(r"[^?#]*\\")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_INVALID = "an invalid address"
_OF_LOGIN = "correct access_token_url or login_url in auth"


class RedirectElsewhereError(UnusableResponseError):
    """The API redirects a request to another origin.

    Args:
        url: Where to; empty if it cannot be read.
    """

    def __init__(
        self, response: Response, problem: str, hint: str, *, url: str, is_from_auth: bool
    ) -> None:
        super().__init__(response, problem, hint, is_from_auth=is_from_auth)
        self.url = url


class Origin(NamedTuple):
    """Where a request goes."""

    scheme: str
    host: str
    port: int | None

    @property
    def netloc(self) -> str:
        """Host and port, as an address spells them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host + (f":{self.port}" if self.port else "")

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"


class OneOriginSession(Session):
    """A session that sends requests to the origin of `url` only, redirects included.

    An http address of an https host is asked for over https, on the port of `url`. Sending raises
    `RefusedAddressError` for any other address. Proxies and certificates come from the
    environment, credentials do not: `.netrc` is never read. Bodies are read up to a limit.

    Args:
        certificate: The files of the client's certificate and of its key.
    """

    def __init__(
        self, url: str, limit: BodyLimit, certificate: tuple[str, str] | None = None
    ) -> None:
        super().__init__()
        self.headers["User-Agent"] = USER_AGENT
        self._limit = limit
        self._origin = find_origin(url)
        self._userinfo = _read_userinfo(_prepare(url)) if self._origin else ""
        # Looked up once: each look-up reads the whole environment.
        self._environment = self.merge_environment_settings(url, {}, None, None, certificate)
        self.trust_env = False  # From here on it would only mean `.netrc`.
        self.before_send: Callable[[PreparedRequest], None] = lambda request: None
        """Called before a request is sent that its sender has not counted, such as a redirect."""

    def prepare_request(self, request: Request) -> PreparedRequest:
        _check_spelling(str(request.url))
        request.url = self.upgrade_to_https(str(request.url))
        return super().prepare_request(request)

    def send(
        self, request: PreparedRequest, *, is_counted: bool = False, **kwargs: Any
    ) -> Response:
        self._check_origin(str(request.url))
        if not is_counted:
            self.before_send(request)
        settings = {**self._environment, **kwargs, "stream": True}
        response = super().send(request, **settings)
        read_body(response, self._limit)
        return response

    def get_redirect_target(self, resp: Response) -> str | None:
        target = super().get_redirect_target(resp)
        if not target:
            return None
        read_body(resp, self._limit)
        is_login, url = self._limit.is_from_auth, ""
        server = "the server that gives tokens" if is_login else "the API"
        try:
            _check_spelling(target)
            url = self.upgrade_to_https(urljoin(resp.url, target))
            # Requests quotes the URL of a redirect, but does not prepare it.
            self._check_origin(requote_uri(url))
        except RefusedAddressError as error:
            resp.close()
            because = f" because {error.reason}" if error.reason else ""
            raise RedirectElsewhereError(
                resp,
                f"{server} redirects to {error.target}, which is refused{because}",
                _OF_LOGIN if is_login else "correct base_url",
                url=url,
                is_from_auth=is_login,
            ) from None
        if resp.request.method == "POST" and resp.status_code not in METHOD_PRESERVING:
            resp.close()
            raise UnusableResponseError(
                resp,
                f"{server} redirects a POST, which would become a GET",
                _OF_LOGIN if is_login else "correct the path",
                is_from_auth=is_login,
            )
        return _with_query(url, urlsplit(resp.url))

    def upgrade_to_https(self, url: str) -> str:
        """Return an http address of the session's own https host over https; any other as it is.

        Servers behind a proxy that ends TLS write such links: they do not know their own address.
        """
        own = self._origin
        if own is None or own.scheme != "https" or url[:5].lower() != "http:":
            return url
        target, userinfo = find_origin(url), _read_userinfo(url)
        if target is None or target.host != own.host:
            return url
        netloc = f"{userinfo}@" if userinfo else ""
        return urlsplit(url)._replace(scheme="https", netloc=netloc + own.netloc).geturl()

    def _check_origin(self, url: str) -> None:
        """Refuse a URL, spelled as it is sent, that leads to another origin."""
        target = _find_prepared_origin(url)
        if target is None or target != self._origin:
            raise RefusedAddressError(show_origin(url))
        if _read_userinfo(url) not in ("", self._userinfo):
            raise RefusedAddressError(str(target), "the address contains a user name")


def find_origin(url: str) -> Origin | None:
    """Find the origin that a request to a URL would reach; None if the URL would be refused."""
    try:
        _check_spelling(url)
        return _find_prepared_origin(_prepare(url))
    except (RefusedAddressError, RequestException, ValueError):
        return None


def show_origin(url: str) -> str:
    """Return the origin of a URL, for messages: without path, query, user name and password."""
    try:
        parts = parse_url(_prepare(url))
    except (RequestException, ValueError):
        return _INVALID
    if not parts.scheme or not parts.host:
        return _INVALID
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    return str(Origin(parts.scheme, parts.host.strip("[]"), port))


def _prepare(url: str) -> str:
    request = PreparedRequest()
    request.prepare_url(url, None)
    return str(request.url)


def _find_prepared_origin(url: str) -> Origin | None:
    """Find the origin of a URL spelled as it is sent; None where two parsers disagree about it.

    Requests takes the host from urllib.parse; everything else that handles the URL is urllib3's.
    """
    try:
        ours, theirs = urlsplit(url), parse_url(url)
        ports = ours.port, theirs.port
    except ValueError:
        return None
    host = (theirs.host or "").strip("[]")
    if not host or (ours.scheme, ours.hostname, ports[0]) != (theirs.scheme, host, ports[1]):
        return None
    if ours.scheme not in _DEFAULT_PORTS:
        return None
    return Origin(ours.scheme, host, ports[0] or _DEFAULT_PORTS[ours.scheme])


def _read_userinfo(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[0]


def _check_spelling(url: str) -> None:
    """Refuse a URL that programs read differently.

    Raises:
        RefusedAddressError: It contains characters that some of them drop, or take for a slash.
    """
    if _CONTROL_CHARACTER.search(url):
        raise RefusedAddressError(show_origin(url), "the address contains a control character")
    if _BACKSLASH.match(url):
        raise RefusedAddressError(show_origin(url), "the address contains a backslash")
    try:
        has_port_zero = urlsplit(url).port == 0  # Requests would drop it.
    except ValueError:
        raise RefusedAddressError(show_origin(url)) from None
    if has_port_zero:
        raise RefusedAddressError(show_origin(url), "the address contains port 0")


def _with_query(url: str, sent: SplitResult) -> str:
    """Keep the query in a redirect that only adds or drops the slash at the end of the path."""
    target = urlsplit(url)
    is_same = target.path.rstrip("/") == sent.path.rstrip("/")
    return target._replace(query=sent.query).geturl() if is_same and not target.query else url
