"""Keys whose case is a whole declaration: ignored, refused, of the whole API, or in Dagster."""

IGNORED = {
    "RequestOption.type": "Ignored.",
    "IncrementalSync.type": "Ignored.",
    "ResponseFilter.type": "Ignored.",
    "IncrementalSync.end_datetime": "Has no effect",
    "IncrementalSync.cursor_granularity": "Has no effect",
    "ResponseFilter.error_message": "Has no effect",
    "ResponseFilter.failure_type": "Has no effect",
    "ResourceDefaults.parallelized": "ignored",
    "ResourceDefaults.file_format": "ignored",
}
"""Keys that are accepted without any effect → what the reference says of them."""

REFUSED = {
    "Client.session": "client: {base_url: x, session: s}",
    "Incremental.end_value": "resources: [{name: a, endpoint: {incremental: {end_value: 1}}}]",
    "Incremental.range_start": (
        "resources: [{name: a, endpoint: {incremental: {range_start: open}}}]"
    ),
    "Incremental.range_end": "resources: [{name: a, endpoint: {incremental: {range_end: closed}}}]",
    "Incremental.on_cursor_value_missing": (
        "resources: [{name: a, endpoint: {incremental: {on_cursor_value_missing: raise}}}]"
    ),
    "Incremental.convert": "resources: [{name: a, endpoint: {incremental: {convert: f}}}]",
    "PartitionRouter.type": (
        "resources: [{name: a, partition_router: {type: grouping, values: [b], cursor_field: c}}]"
    ),
}
"""Keys of which only one value is possible, or none → a declaration with another."""

SHOWN = {
    "Api.description": "description: d",
    "Api.docs_url": "docs_url: https://shop.test/docs",
    "Api.owners": "owners: [a@b.test]",
    "Api.tags": "tags: {a: b}",
    "Api.partitions": "partitions: weekly",
    "Partitions.every": "partitions: {every: hourly}",
    "Partitions.start": "partitions: {start: '2026-01-03'}",
    "Partitions.timezone": "partitions: {timezone: Asia/Tokyo}",
    "Api.schedule": "schedule: {cron: 0 5 * * *}",
    "Schedule.cron": "schedule: {cron: 0 6 * * *}",
    "Schedule.timezone": "schedule: {timezone: Asia/Tokyo}",
    "Api.freshness": "freshness: {warn_after: 1h}",
    "Freshness.warn_after": "freshness: {warn_after: 2h}",
    "Freshness.fail_after": "freshness: {fail_after: 99h}",
    "Api.blocking": "blocking: true",
    "Resource.description": "resources: [{name: a, primary_key: id, description: d}]",
    "IncrementalSync.start_datetime": (
        "resources: [{name: a, primary_key: id, incremental_sync: "
        "{cursor_field: updated_at, start_datetime: '2026-01-03'}}]"
    ),
    "IncrementalSync.step": (
        "resources: [{name: a, primary_key: id, incremental_sync: "
        "{cursor_field: updated_at, step: PT1H}}]"
    ),
    "Resource.name": "resources: [{name: b, primary_key: id}]",
    "ResourceDefaults.owners": "resource_defaults: {owners: [a@b.test]}",
    "ResourceDefaults.tags": "resource_defaults: {tags: {a: b}}",
    "ResourceDefaults.freshness": "resource_defaults: {freshness: {warn_after: 1h}}",
    "ResourceDefaults.blocking": "resource_defaults: {blocking: true}",
    "Api.resource_defaults": "resource_defaults: {owners: [team:a]}",
    "Api.resources": "resources: [{name: a, primary_key: id}, {name: b, primary_key: id}]",
}
"""Keys of what Dagster shows and runs."""

SENT = {
    "Api.client": "client: {base_url: URL/v2}",
    "Client.base_url": "client: {base_url: URL/v3}",
    "Client.headers": "client: {base_url: URL, headers: {X-A: b}}",
    "Client.max_answer": "client: {base_url: URL, max_answer: 1KB}",
    "Client.auth": "client: {base_url: URL, auth: bearer}",
    "Client.paginator": "client: {base_url: URL, paginator: offset}",
    "ResourceDefaults.endpoint": "resource_defaults: {endpoint: {params: {a: b}}}",
    "ResourceDefaults.incremental_sync": (
        "resource_defaults: {incremental_sync: {cursor_field: deep.at}}"
    ),
    "ResourceDefaults.partition_router": (
        "resource_defaults: {partition_router: {values: [a, b], cursor_field: of}}"
    ),
    "ResourceDefaults.future_tolerance": "resource_defaults: {future_tolerance: 9000d}",
}
"""Keys of the API that change its requests, or what is kept of the answers."""

CONNECTED = {
    "Api.timeouts": "timeouts: {connect: 3}",
    "Timeouts.connect": "timeouts: {connect: 4}",
    "Timeouts.read": "timeouts: {read: 5}",
    "Api.concurrency": "concurrency: 2",
    "Client.allow_http": "client: {base_url: 'http://shop.test', allow_http: true}",
}
"""Keys of the connections that an API gets."""

WAITS = {"backoff": "backoff: constant", "backoff_factor": "backoff_factor: 0.5"}
VOLUME = {"low": 0.9, "high": 1.1, "history": 4, "ignore_below": 200}

_STEPS = (
    *("filter", "add", "remove", "rename", "keys", "keys_replace", "flatten", "flatten_path"),
    "when",
)
_WAIT_HEADER = ("name", "holds", "regex", "min_wait", "max_wait")
_JWT = (
    *("algorithm", "secret_key", "passphrase", "base64_encode_secret_key", "jwt_headers"),
    *("jwt_payload", "name", "location", "token_format", "token_lifetime"),
)
_DECODER = (
    *("type", "compression", "encoding", "delimiter", "quote", "header", "columns", "nulls"),
)
_HMAC = (
    *("algorithm", "secret_key", "secret_key_encoding", "text_to_sign", "signature_headers"),
    *("signature_params", "signature_encoding", "timestamp_format"),
)
_SIGV4 = ("access_key_id", "secret_access_key", "session_token", "region", "service")
_RATE = ("requests", "per", "path", "method", "remaining_header", "reset_header", "max_wait")
_EXCHANGE = ("access_token_url", "access_token_path")
_FLATTENED = ("path", "delete_origin", "replace_record", "prefix", "suffix")
_JOB_REQUEST = ("path", "method", "params", "json", "data", "headers", "response_actions")
_JOB_POLL = ("status_path", "completed", "running", "failed", "empty", "interval", "timeout")
_JOBS = {
    "Job": ("create", "poll", "targets", "delete", "attempts", "retry_after"),
    "JobRequest": _JOB_REQUEST,
    "JobPoll": _JOB_POLL,
    "JobTargets": ("selector", "request"),
}

_DYNAMIC = "components/test_dynamic_rest_api.py"

ELSEWHERE = {
    "Api.settings": "convert/test_manifests_loading.py",
    **{
        f"Auth.selected.{key}": "extract/test_selected_auth.py"
        for key in ("selected_by", "options")
    },
    "Auth.login.token_lifetime": "extract/test_logins.py",
    "Auth.login.token_lifetime_path": "extract/test_logins.py",
    **{f"Auth.jwt.{key}": "extract/test_jwt.py" for key in _JWT},
    **{f"Auth.oauth2_jwt_bearer.{key}": "extract/test_jwt.py" for key in (*_JWT, *_EXCHANGE)},
    **{f"Auth.hmac.{key}": "extract/test_signatures.py" for key in _HMAC},
    **{f"Auth.aws_sigv4.{key}": "extract/test_signatures.py" for key in _SIGV4},
    "Endpoint.graphql": "extract/test_graphql.py",
    **{f"GraphQL.{k}": "extract/test_graphql.py" for k in ("query", "variables", "operation_name")},
    "Client.certificate": "extract/test_certificates.py",
    **{f"Certificate.{key}": "extract/test_certificates.py" for key in ("cert", "key")},
    "Api.rate": "extract/test_rate_budgets.py",
    **{f"Rate.{key}": "extract/test_rate_budgets.py" for key in _RATE},
    "IncrementalSync.cursor_datetime_formats": "convert/test_manifests.py",
    "Schedule.catch_up": "orchestration/test_changed_partitions.py",
    "Resource.table_name": "load/test_table_names.py",
    "Endpoint.job": "support/jobs.py",
    "DynamicApi.dynamic_resources": _DYNAMIC,
    **{f"DynamicResources.{key}": _DYNAMIC for key in ("entries", "template", "allow_empty")},
    **{f"{model}.{key}": "extract/test_jobs.py" for model, keys in _JOBS.items() for key in keys},
    "ResourceDefaults.changes": "declaration/test_changes.py",
    "Changes.kept_for": "orchestration/test_changes.py",
    **{f"Changes.{key}": "support/changes.py" for key in ("endpoint", "processing_steps")},
    "ResourceDefaults.volume": "orchestration/test_volume.py",
    "ResourceDefaults.table_format": "destinations/test_lake_mistakes.py",
    "ResourceDefaults.include_from_parent": "load/test_shared_parents.py",
    "ResourceDefaults.parents": "orchestration/test_changed_parents.py",
    "AskedParents.changed": "orchestration/test_changed_parents.py",
    "AskedParents.full_every": "orchestration/test_changed_parents.py",
    "PartitionRouter.incremental_dependency": "convert/test_parents.py",
    "ResourceDefaults.processing_steps": "extract/test_processed_rows.py",
    **{f"ProcessingStep.{key}": "extract/test_processing_steps.py" for key in _STEPS},
    **{f"Deletes.{key}": "destinations/test_deletes.py" for key in ("from", "key", "remove")},
    **{f"Deletes.{key}": "support/deletes.py" for key in ("every", "mark", "max_share")},
    "Endpoint.decoder": "extract/test_decoders.py",
    **{f"Decoder.{key}": "extract/test_decoders.py" for key in _DECODER},
    "ErrorHandler.wait_header": "extract/test_wait_headers.py",
    **{f"WaitHeader.{key}": "extract/test_wait_headers.py" for key in _WAIT_HEADER},
    "Flatten.lists": "extract/test_processing_steps.py",
    **{f"FlattenPath.{key}": "extract/test_processing_steps.py" for key in _FLATTENED},
}
"""Keys whose effect has a test of its own."""
