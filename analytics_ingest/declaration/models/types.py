"""Which keys belong to which paginator and auth type: dlt's, with the dialect's own beside them."""

PAGINATOR_KEYS: dict[str, tuple[str, ...]] = {
    "offset": (
        "limit",
        "limit_param",
        "limit_body_path",
        "offset",
        "offset_param",
        "offset_body_path",
        "total_path",
        "maximum_offset",
        "stop_after_empty_page",
        "has_more_path",
    ),
    "page_number": (
        "limit",
        "limit_param",
        "page",
        "base_page",
        "start_from_page",
        "inject_on_first_request",
        "page_param",
        "page_body_path",
        "total_path",
        "maximum_page",
        "stop_after_empty_page",
        "has_more_path",
    ),
    "cursor": (
        "limit",
        "limit_param",
        "cursor_path",
        "cursor_value",
        "stop_condition",
        "cursor_param",
        "cursor_body_path",
        "stop_after_empty_page",
        "has_more_path",
    ),
    "header_cursor": ("cursor_key", "cursor_param"),
    "header_link": ("links_next_key",),
    "json_link": ("next_url_path",),
    "json_response": ("next_url_path",),
    "single_page": (),
    "auto": (),
}

_OAUTH2 = (
    "client_id",
    "client_secret",
    "access_token_url",
    "grant_type",
    "refresh_token",
    "scope",
    "access_token_request_data",
    "default_token_expiration",
)

SECRETS = (
    "api_key",
    "token",
    "username",
    "password",
    "client_id",
    "client_secret",
    "refresh_token",
    "session_token",
)
"""Keys of an auth block that name the setting of a secret, and never hold one."""

AUTH_KEYS: dict[str, tuple[str, ...]] = {
    "api_key": ("name", "location", "api_key"),
    "bearer": ("token",),
    "http_basic": ("username", "password"),
    "basic": ("username", "password"),
    "oauth2_client_credentials": _OAUTH2,
    "oauth2": _OAUTH2,
    "session_token": (
        "username",
        "password",
        "login_url",
        "session_token_response_key",
        "header",
        "validate_session_url",
        "session_token",
    ),
}
