"""Keys of auth and of paginators, by type → an endpoint with the key, and one without it."""

Pair = tuple[str, str]

_TOKEN = "access_token_url: URL/@/token"
_DECLARED_LOGIN = "login_url: URL/@/login, token_path: token"
_LOGIN = "login_url: URL/@/login, session_token_response_key: token"
COUNTED = "type: offset, limit: 2"


def inside(block: str, added: str, beside: str, above: str = "") -> Pair:
    """An endpoint whose block has one more key, and one whose block has not."""
    first = f"{above}, " if above else ""
    return f"{first}{block}: {{{added}, {beside}}}", f"{first}{block}: {{{beside}}}"


_PAGINATORS = {
    "cursor.limit_param": ("size", "linked", "limit: 3"),
    "cursor.stop_after_empty_page": ("true", "gapped", ""),
    "cursor.has_more_path": ("again", "counted", ""),
    "cursor.total_path": ("n", "counted", ""),
    "cursor.cursor_path": ("other.next", "linked", ""),
    "cursor.cursor_value": ("'{{ response.other.next }}'", "linked", ""),
    "cursor.stop_condition": ("'{{ last_record.id > 3 }}'", "linked", ""),
    "cursor.cursor_param": ("after", "linked", ""),
    "cursor.cursor_body_path": ("after", "linked", ""),
    "header_cursor.cursor_key": ("X-Far", "linked", ""),
    "header_cursor.cursor_param": ("after", "linked", ""),
    "header_link.links_next_key": ("far", "linked", ""),
    "json_link.next_url_path": ("links.far", "linked", ""),
    "offset.limit": ("3", "paged", ""),
    "offset.limit_param": ("size", "paged", "limit: 2"),
    "offset.limit_body_path": ("size", "paged", "limit: 2"),
    "offset.offset": ("2", "paged", "limit: 2"),
    "offset.offset_param": ("from", "paged", "limit: 2"),
    "offset.offset_body_path": ("from", "paged", "limit: 2"),
    "offset.maximum_offset": ("3", "paged", "limit: 2"),
    "offset.stop_after_empty_page": ("true", "gapped", "limit: 2, has_more_path: again"),
    "offset.has_more_path": ("again", "counted", "limit: 2"),
    "offset.total_path": ("n", "counted", "limit: 2"),
    "page_number.limit_param": ("size", "paged", "limit: 3"),
    "page_number.page": ("2", "paged", ""),
    "page_number.base_page": ("1", "paged", ""),
    "page_number.start_from_page": ("1", "paged", ""),
    "page_number.inject_on_first_request": ("false", "paged", ""),
    "page_number.page_param": ("p", "paged", ""),
    "page_number.page_body_path": ("p", "paged", ""),
    "page_number.maximum_page": ("2", "paged", ""),
    "page_number.total_pages_path": ("m", "counted", "base_page: 0"),
    "page_number.stop_after_empty_page": ("true", "gapped", "has_more_path: again"),
    "page_number.has_more_path": ("again", "counted", ""),
    "page_number.total_path": ("m", "counted", ""),
}
_OAUTH2 = {
    "client_id": "sources.other.key",
    "client_secret": "sources.other.key",
    "grant_type": "refresh_token",
    "refresh_token": "sources.other.key",
    "scope": "all",
    "access_token_request_data": "{a: b}",
    "access_token_path": "deep.token",
    "access_token_name": "deep.token",
    "client_authentication": "basic",
    "token_format": "'Token {token}'",
    "token_request_format": "json",
}
_OF_LOGIN = {
    "name": "X-Key",
    "location": "query",
    "token_format": "'Bearer {token}'",
    "login_method": "PUT",
    "login_params": "{a: b}",
    "login_headers": "{X-A: b}",
    "login_json": "{a: b}",
    "login_data": "{a: b}",
}
_AUTH = {
    "api_key.name": ("X-Key", ""),
    "api_key.location": ("query", "name: key"),
    "api_key.api_key": ("sources.other.key", ""),
    "bearer.token": ("sources.other.key", ""),
    "http_basic.username": ("sources.other.key", ""),
    "http_basic.password": ("sources.other.key", ""),
    **{f"oauth2_client_credentials.{key}": (value, _TOKEN) for key, value in _OAUTH2.items()},
    **{f"login.{key}": (value, _DECLARED_LOGIN) for key, value in _OF_LOGIN.items()},
    "session_token.username": ("sources.other.key", _LOGIN),
    "session_token.password": ("sources.other.key", _LOGIN),
    "session_token.header": ("X-S", _LOGIN),
    "session_token.validate_session_url": ("URL/@/valid", _LOGIN),
    "session_token.session_token": (
        "sources.other.key",
        f"{_LOGIN}, validate_session_url: URL/@/valid",
    ),
}
_AUTH_PAIRS = {
    "oauth2_client_credentials.access_token_url": (
        "access_token_url: URL/@/token",
        "access_token_url: URL/@/brief",
    ),
    "oauth2_client_credentials.token_url": ("token_url: URL/@/token", "token_url: URL/@/brief"),
    "login.login_url": (
        "login_url: URL/@/token, token_path: deep.token",
        "login_url: URL/@/login, token_path: deep.token",
    ),
    "login.token_path": (
        "login_url: URL/@/login, token_path: deep.token",
        "login_url: URL/@/login, token_path: token",
    ),
    "session_token.login_url": (
        "login_url: URL/@/token, session_token_response_key: deep.token",
        "login_url: URL/@/login, session_token_response_key: deep.token",
    ),
    "session_token.session_token_response_key": (
        "login_url: URL/@/login, session_token_response_key: deep.token",
        "login_url: URL/@/login, session_token_response_key: token",
    ),
}


def _auth(name: str, keys: str) -> str:
    return f"auth: {{type: {name.partition('.')[0]}, {keys}}}"


def _sized(kind: str, listing: str) -> Pair:
    """Page sizes of a type that sends one only under a declared name."""
    endpoint = f"path: /@/{listing}, paginator: {{type: {kind}, limit_param: size, limit: "
    return f"{endpoint}3}}", f"{endpoint}2}}"


TYPED: dict[str, Pair] = {
    "Auth.type": ("auth: bearer", "auth: api_key"),
    "Paginator.type": ("path: /@/paged, paginator: offset", "path: /@/paged, paginator: auto"),
    "Paginator.cursor.limit": _sized("cursor", "linked"),
    "Paginator.page_number.limit": _sized("page_number", "paged"),
    **{
        f"Paginator.{name}": inside(
            "paginator",
            f"{name.partition('.')[2]}: {value}",
            f"type: {name.partition('.')[0]}, {beside}",
            f"path: /@/{listing}",
        )
        for name, (value, listing, beside) in _PAGINATORS.items()
    },
    **{
        f"Auth.{name}": inside(
            "auth",
            f"{name.partition('.')[2]}: {value}",
            f"type: {name.partition('.')[0]}, {beside}",
        )
        for name, (value, beside) in _AUTH.items()
    },
    **{
        f"Auth.{name}": (_auth(name, with_key), _auth(name, without))
        for name, (with_key, without) in _AUTH_PAIRS.items()
    },
    "Auth.oauth2_client_credentials.default_token_expiration": inside(
        "auth",
        "default_token_expiration: 0",
        "type: oauth2, access_token_url: URL/@/brief",
        f"path: /@/paged, paginator: {{{COUNTED}}}",
    ),
}
