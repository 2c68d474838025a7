"""Opens the part of a load that reads the API: its client, and the extractor that yields pages."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from types import MappingProxyType

from analytics_ingest.common.log import LogLine, redact_logs
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.api_context import connect
from analytics_ingest.extract.changed_parents import ParentPass
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.listing_parts import ListingParts
from analytics_ingest.load.load_failures import explain_failures, raise_failures


@contextmanager
def open_extractor(
    declaration: ApiDeclaration,
    resources: frozenset[str],
    window: Window,
    passes: Mapping[str, ParentPass] = MappingProxyType({}),
    parts: ListingParts | None = None,
    *,
    starts: Sequence[datetime] = (),
    log: LogLine,
) -> Iterator[Extractor]:
    """Open the part of a load that reads the API; its arguments and errors are those of a load."""
    api = declaration.name
    with explain_failures(api):
        connection = connect(declaration, resources, window, passes)
    for key in connection.settings.borrowed:
        log(
            f"{api}: {key} is sent to this API, though it is not a setting of its own; check that "
            "this is intended"
        )
    parts = parts or ListingParts()
    parts.begin(declaration, connection.templates, resources, window, starts)
    extractor = Extractor(connection.templates, resources, connection.client, log, parts)
    for stats in extractor.stats.values():
        stats.partitions.starts = starts
    with (
        explain_failures(api),
        closing(extractor),
        closing(connection.client),
        redact_logs(connection.redact),
    ):
        yield extractor
    raise_failures({n: e for n, e in extractor.failures.items() if n in resources}, len(resources))
