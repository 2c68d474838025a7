"""Keys of components that change neither requests nor rows, so that nobody needs to read them."""

_OF_STREAMS = ("name", "path", "primary_key", "cursor_field")
"""Keys that manifests repeat in the components of a stream, where Airbyte does not read them."""

WITHOUT_EFFECT: dict[str, tuple[str, ...]] = {
    "DeclarativeStream": ("state_migrations", *_OF_STREAMS),
    "SimpleRetriever": ("ignore_stream_slicer_parameters_on_paginated_requests", *_OF_STREAMS),
    "RecordSelector": ("schema_normalization", "pagination_strategy"),
    "DpathExtractor": ("decoder", "schema_normalization", *_OF_STREAMS),
    "HttpRequester": ("use_cache", "name", "primary_key", "cursor_field"),
    "HttpResponseFilter": ("error_message", "failure_type"),
    "DatetimeBasedCursor": ("cursor_granularity", *_OF_STREAMS),
    "ParentStreamConfig": ("lazy_read_pointer",),
    "SubstreamPartitionRouter": ("stream_name",),
    "RequestPath": ("field_name", "inject_into"),
    "ApiKeyAuthenticator": _OF_STREAMS,
    "OAuthAuthenticator": ("refresh_token_updater", "token_expiry_date_format"),
}
"""Type of a component → its keys."""
