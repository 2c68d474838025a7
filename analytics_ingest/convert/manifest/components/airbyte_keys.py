"""The keys that Airbyte's components have, by `declarative_component_schema.yaml` of airbyte-cdk.

Airbyte ignores other keys. What it ignores stops no stream here.
"""

_KEYS = {
    "AddFields": "fields condition",
    "AddedFieldDefinition": "path value value_type",
    "ApiKeyAuthenticator": "api_token header inject_into",
    "AsyncJobStatusMap": "running completed failed timeout skipped",
    "AsyncRetriever": (
        "record_selector status_mapping status_extractor download_target_extractor "
        "download_extractor creation_requester polling_requester polling_job_timeout "
        "failed_retry_wait_time_in_seconds download_target_requester download_requester "
        "download_paginator abort_requester delete_requester partition_router decoder "
        "download_decoder"
    ),
    "BasicHttpAuthenticator": "username password",
    "BearerAuthenticator": "api_token",
    "CompositeErrorHandler": "error_handlers",
    "ConstantBackoffStrategy": "backoff_time_in_seconds jitter_range_in_seconds",
    "CsvDecoder": "encoding delimiter set_values_to_none",
    "CursorPagination": "cursor_value page_size stop_condition",
    "DatetimeBasedCursor": (
        "clamping cursor_field allow_catalog_defined_cursor_field cursor_datetime_formats "
        "start_datetime start_time_option end_datetime end_time_option datetime_format "
        "cursor_granularity is_data_feed is_client_side_incremental is_compare_strictly "
        "global_substream_cursor lookback_window partition_field_end partition_field_start "
        "step"
    ),
    "DeclarativeStream": (
        "name retriever incremental_sync primary_key schema_loader transformations "
        "state_migrations file_uploader"
    ),
    "DefaultErrorHandler": "backoff_strategies max_retries response_filters",
    "DefaultPaginator": "pagination_strategy page_size_option page_token_option",
    "DpathExtractor": "field_path record_expander",
    "DpathFlattenFields": "field_path delete_origin_value replace_record key_transformation",
    "ExponentialBackoffStrategy": "factor jitter_range_in_seconds",
    "FlattenFields": "flatten_lists",
    "GroupByKeyMergeStrategy": "key",
    "GroupingPartitionRouter": "group_size underlying_partition_router deduplicate",
    "GzipDecoder": "decoder",
    "HttpRequester": (
        "url_base url path http_method authenticator fetch_properties_from_endpoint "
        "query_properties request_parameters request_headers request_body_data "
        "request_body_json request_body error_handler use_cache connect_timeout_in_seconds "
        "read_timeout_in_seconds use_tcp_keepalive"
    ),
    "HttpResponseFilter": (
        "action failure_type error_message error_message_contains http_codes predicate"
    ),
    "InlineSchemaLoader": "schema",
    "IterableDecoder": "",
    "JsonDecoder": "",
    "JsonItemsDecoder": "items_path encoding",
    "JsonlDecoder": "",
    "JwtAuthenticator": (
        "secret_key base64_encode_secret_key algorithm token_duration header_prefix "
        "jwt_headers additional_jwt_headers jwt_payload additional_jwt_payload passphrase "
        "request_option"
    ),
    "KeyTransformation": "prefix suffix",
    "KeysReplace": "old new",
    "KeysToLower": "",
    "KeysToSnakeCase": "",
    "LegacySessionTokenAuthenticator": (
        "header login_url session_token session_token_response_key username password "
        "validate_session_url"
    ),
    "ListPartitionRouter": "cursor_field values request_option",
    "MinMaxDatetime": "datetime datetime_format max_datetime min_datetime",
    "NoAuth": "",
    "NoPagination": "",
    "OAuthAuthenticator": (
        "client_id_name client_id client_secret_name client_secret refresh_token_name "
        "refresh_token token_refresh_endpoint access_token_name access_token_value "
        "expires_in_name grant_type_name grant_type refresh_request_body "
        "refresh_request_headers send_refresh_request_as_query_params scopes "
        "token_expiry_date token_expiry_date_format refresh_token_error_status_codes "
        "refresh_token_error_key refresh_token_error_values refresh_token_updater "
        "profile_assertion use_profile_assertion"
    ),
    "OffsetIncrement": "page_size inject_on_first_request",
    "PageIncrement": "page_size start_from_page inject_on_first_request",
    "ParentStreamConfig": (
        "stream parent_key partition_field request_option incremental_dependency "
        "lazy_read_pointer extra_fields"
    ),
    "PropertiesFromEndpoint": "property_field_path retriever",
    "PropertyChunking": "property_limit_type property_limit record_merge_strategy",
    "QueryProperties": (
        "property_list always_include_properties property_chunking property_selector"
    ),
    "RecordExpander": (
        "expand_records_from_field remain_original_record parent_fields merge_parent "
        "on_no_records truncation_indicator_path truncated_list_retriever"
    ),
    "RecordFilter": "condition",
    "RecordSelector": "extractor record_filter schema_normalization transform_before_filtering",
    "RemoveFields": "condition field_pointers",
    "RequestOption": "inject_into field_name field_path",
    "RequestPath": "",
    "ResponseToFileExtractor": "preserve_na_values",
    "SelectiveAuthenticator": "authenticator_selection_path authenticators",
    "SessionTokenAuthenticator": (
        "login_requester session_token_path expiration_duration request_authentication decoder"
    ),
    "SessionTokenRequestApiKeyAuthenticator": "inject_into api_token",
    "SessionTokenRequestBearerAuthenticator": "",
    "SimpleRetriever": (
        "requester decoder record_selector paginator pagination_reset page_size_reduction "
        "request_window_splitting ignore_stream_slicer_parameters_on_paginated_requests "
        "partition_router"
    ),
    "StateDelegatingStream": "name full_refresh_stream incremental_stream api_retention_period",
    "SubstreamPartitionRouter": "parent_stream_configs",
    "WaitTimeFromHeader": "header regex max_waiting_time_in_seconds",
    "WaitTimeFromResponse": "wait_time_in_seconds max_waiting_time_in_seconds",
    "WaitUntilTimeFromHeader": "header min_wait regex max_waiting_time_in_seconds",
    "XmlDecoder": "",
    "ZipfileDecoder": "decoder",
}
"""Type of a component → its keys."""


def is_ignored_by_airbyte(kind: str, key: str) -> bool:
    """Return whether Airbyte ignores a key of a component; False if the component is unknown."""
    return kind in _KEYS and key not in _KEYS[kind].split()
