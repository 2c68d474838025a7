"""`StateDelegatingStream`: a stream that lists all rows, and another that lists their changes.

They become the endpoint and the `changes` of one resource. Where the changes do not fit, the
resource is a snapshot of all rows.
"""

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.stream import Stream
from analytics_ingest.convert.manifest.streams import StreamReader
from analytics_ingest.declaration.airbyte.durations import read_duration
from analytics_ingest.declaration.validation.changes import LISTING_KEYS


def read_whole(stream: Component) -> Component:
    """Read the stream that lists all rows.

    Raises:
        UnsupportedError: There is none.
    """
    whole = stream.read_child("full_refresh_stream", "DeclarativeStream")
    if whole is None:
        raise UnsupportedError("the stream has no full_refresh_stream")
    return whole


def read_delegating(
    name: str, stream: Component, reader: StreamReader, log: ConversionLog
) -> Stream:
    """Convert such a stream.

    Raises:
        UnsupportedError: The stream of all rows cannot be converted.
    """
    converted = reader.read(name, read_whole(stream))
    kept_for = read_duration(str(stream.take("api_retention_period") or ""))
    try:
        changes = _read_changes(name, stream, reader)
        problem = _find_problem(converted, changes)
        if not kept_for:
            problem = "nothing says how long the API keeps its changes"
    except UnsupportedError as error:
        changes, problem = None, f"the stream of its changes cannot be converted: {error}"
    if problem or changes is None:
        converted.resource["endpoint"]["incremental"] = converted.cursor = None
        log.assume(name, f"loaded whole each time: {problem}")
        return converted
    endpoint = changes.resource["endpoint"]
    incremental: Json = endpoint.pop("incremental")
    if own := {key: value for key, value in incremental.items() if key in LISTING_KEYS}:
        endpoint["incremental"] = own
    steps = changes.resource.get("processing_steps")
    converted.resource.pop("parents", None)
    converted.resource["changes"] = {
        "kept_for": kept_for,
        **({"processing_steps": steps} if steps else {}),
        "endpoint": endpoint,
    }
    return converted


def _read_changes(name: str, stream: Component, reader: StreamReader) -> Stream:
    """Convert the stream of changes.

    Raises:
        UnsupportedError: It cannot be converted, or has parents, which changes do not have.
    """
    changes = stream.read_child("incremental_stream", "DeclarativeStream")
    retriever = changes and changes.data.get("retriever")
    if changes is None or not isinstance(retriever, dict):
        raise UnsupportedError("it is missing")
    if retriever.get("partition_router"):
        raise UnsupportedError("it has a partition_router")
    return reader.read(name, changes)


def _find_problem(whole: Stream, changes: Stream) -> str | None:
    """Return why the rows of two streams cannot be one table."""
    if whole.base_url != changes.base_url or whole.signing != changes.signing:
        return "its changes are on a different host, or have another login"
    if whole.resource.get("primary_key") != changes.resource.get("primary_key"):
        return "its changes have another primary key"
    cursors = [stream.resource["endpoint"]["incremental"] or {} for stream in (whole, changes)]
    if not all(cursors):
        return "one of the two streams has no cursor"
    for key in ("cursor_path", "cursor_format"):
        if cursors[0].get(key) != cursors[1].get(key):
            return f"its changes have another {key}"
    return None
