"""The paginator block: how a listing continues after its first page."""

from analytics_ingest.declaration.models.airbyte import RequestOption
from analytics_ingest.declaration.models.typed_block import build_flat_block
from analytics_ingest.paginators import list_paginator_types


class Paginator(
    build_flat_block("Paginator", list_paginator_types(), default="auto"), defer_build=False
):
    """How a listing continues after its first page."""

    types = list_paginator_types()

    start_time_option: RequestOption | None = None
    """Airbyte's low-code form of incremental.start_param."""
    end_time_option: RequestOption | None = None
    """Airbyte's low-code form of incremental.end_param."""
