"""Keys of components that change neither requests nor rows, so that nobody needs to read them."""

_OF_STREAMS = ("name", "path", "primary_key", "cursor_field")
"""Keys that manifests repeat in the components of a stream, where Airbyte does not read them."""

WITHOUT_EFFECT: dict[str, tuple[str, ...]] = {
    "DeclarativeStream": ("state_migrations", *_OF_STREAMS),
    "SimpleRetriever": ("ignore_stream_slicer_parameters_on_paginated_requests", *_OF_STREAMS),
    "RecordSelector": ("schema_normalization", "pagination_strategy"),
    "DpathExtractor": ("decoder", "schema_normalization", *_OF_STREAMS),
    "HttpRequester": (
        "use_cache",
        "connect_timeout_in_seconds",
        "read_timeout_in_seconds",
        "use_tcp_keepalive",
        *_OF_STREAMS,
    ),
    "HttpResponseFilter": ("error_message", "failure_type"),
    "DatetimeBasedCursor": (
        "cursor_granularity",
        "allow_catalog_defined_cursor_field",
        "is_compare_strictly",
        *_OF_STREAMS,
    ),
    "IncrementingCountCursor": ("allow_catalog_defined_cursor_field", *_OF_STREAMS),
    "ConstantBackoffStrategy": ("jitter_range_in_seconds",),
    "ExponentialBackoffStrategy": ("jitter_range_in_seconds",),
    "ParentStreamConfig": ("lazy_read_pointer",),
    "SubstreamPartitionRouter": ("stream_name",),
    "RequestPath": ("field_name", "inject_into"),
    "ApiKeyAuthenticator": _OF_STREAMS,
    "OAuthAuthenticator": (
        "refresh_token_updater",
        "access_token_value",
        "token_expiry_date",
        "token_expiry_date_format",
        "refresh_token_error_status_codes",
        "refresh_token_error_key",
        "refresh_token_error_values",
    ),
}
"""Type of a component → its keys."""
