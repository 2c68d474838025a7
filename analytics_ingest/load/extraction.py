"""Opens the part of a load that reads the API: its client, and the extractor that yields pages."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from analytics_ingest.common.log import LogLine, redact_logs
from analytics_ingest.extract.api_context import connect
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.parts.listing_parts import ListingParts
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load_failures import explain_failures, raise_failures


@contextmanager
def open_extractor(
    scope: LoadScope, parts: ListingParts | None = None, *, log: LogLine
) -> Iterator[Extractor]:
    """Open the part of a load that reads the API; its arguments and errors are those of a load."""
    declaration, resources = scope.declaration, scope.resources
    api = declaration.name
    with explain_failures(api):
        connection = connect(declaration, resources, scope.window, scope.passes)
    for key in connection.settings.borrowed:
        log(
            f"{api}: {key} is sent to this API, though it is not a setting of its own; check that "
            "this is intended"
        )
    parts = parts or ListingParts()
    parts.begin(scope, connection.templates)
    extractor = Extractor(connection.templates, resources, connection.client, log, parts)
    with (
        explain_failures(api),
        closing(extractor),
        closing(connection.client),
        redact_logs(connection.redact),
    ):
        yield extractor
    raise_failures({n: e for n, e in extractor.failures.items() if n in resources}, len(resources))
