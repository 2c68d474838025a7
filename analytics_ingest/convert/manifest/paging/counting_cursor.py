"""A cursor that counts (`IncrementingCountCursor`) → what the first request of it sends.

Airbyte asks for the rows after the last one that it has read. Partitions are days, so a load reads
the whole listing here.
"""

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component
from analytics_ingest.convert.manifest.components.interpolation import Interpolation
from analytics_ingest.convert.manifest.components.numbers import read_number
from analytics_ingest.convert.manifest.components.options import inject, read_option

COUNTING = "IncrementingCountCursor"


def send_start(
    name: str, sync: Component, endpoint: Json, texts: Interpolation, log: ConversionLog
) -> None:
    """Add what asks for all rows to a request.

    Raises:
        UnsupportedError: Nothing says from which row on they are read.
    """
    sync.take("cursor_field")
    start = read_number(sync, "start_value", texts, 0)
    if option := sync.read_child("start_value_option"):
        inject(endpoint, read_option(option, texts), start)
    log.assume(name, "its cursor counts rows: it is loaded whole each time")
