"""What of dlt's rest_api configuration is refused, and why: a table of the key reference."""

from typing import NamedTuple

from analytics_ingest.declaration.models.incremental import ONE_MEANING

_CODE = "It is code, and a declaration holds none."


class RefusedKey(NamedTuple):
    """A key of dlt's configuration that is not accepted with all its values."""

    key: str
    values: str
    """Which values are refused."""
    reason: str


def list_refused_keys() -> list[RefusedKey]:
    """List all such keys, in the order in which a configuration is read."""
    incremental = "endpoint.incremental"
    return [
        *_OF_CLIENTS,
        *_OF_RESOURCES,
        *(
            RefusedKey(
                f"{incremental}.{key}", f"all except {value or 'null'}", _format_reason(reason)
            )
            for key, (value, reason) in ONE_MEANING.items()
        ),
        RefusedKey(f"{incremental}.last_value_func", "all", f"{_CODE} The newest cursor decides."),
        RefusedKey(
            f"{incremental}.primary_key", "all", "Rows are merged by the resource's primary_key."
        ),
        RefusedKey(
            f"{incremental}.allow_external_schedulers",
            "all",
            "Dagster's partitions are the window.",
        ),
    ]


def _format_reason(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:].removesuffix('; remove it')}."


_OF_CLIENTS = (
    RefusedKey("client.session", "all except null", _CODE),
    RefusedKey(
        "client.auth",
        "objects; literal secrets",
        "An object is code. A secret here would be in every clone: set `sources.<api>`.",
    ),
    RefusedKey("client.auth.access_token", "all", "It is fetched, and renewed."),
    RefusedKey("client.auth.session", "all", _CODE),
    RefusedKey("client.paginator", "objects", "An object is code; declare its type."),
    RefusedKey(
        "client.headers", "a literal Authorization", "It is a secret: declare auth, or a setting."
    ),
)
_OF_RESOURCES = (
    RefusedKey(
        "resources", "an empty list; objects", "Nothing would be loaded. An object is code."
    ),
    RefusedKey(
        "resources.name",
        "other characters than a-z, 0-9 and single _",
        "It names an asset and a table. dlt would rename it, and two names could become one.",
    ),
    RefusedKey("resources.parent_table_name", "all", "The table of a resource is its own."),
    RefusedKey(
        "resources.write_disposition",
        "append, skip; the strategy insert-only; scd2 with windows, with its options, or with a "
        "listing that is cut",
        "A window that is loaded again would add its rows again, or leave old ones. scd2 retires "
        "what a load does not hold, and keeps versions in the order of loads.",
    ),
    RefusedKey(
        "resources.processing_steps",
        "map, yield_map; functions in filter",
        "Functions are code; a filter is an expression.",
    ),
    RefusedKey(
        "endpoint.params",
        "keys other than type, resource and field",
        "They have no effect in dlt.",
    ),
    RefusedKey(
        "endpoint.response_actions",
        "functions; actions without a condition",
        "Functions are code. Without a condition an action would apply to every response.",
    ),
)
