"""The corrections that a preview proves, those first on which the others depend."""

from collections.abc import Sequence

from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.preview.corrections.correction import Correction
from analytics_ingest.preview.corrections.cursors import correct_cursor, correct_window
from analytics_ingest.preview.corrections.fields import correct_key, correct_types
from analytics_ingest.preview.corrections.paging import correct_paging
from analytics_ingest.preview.corrections.row_places import correct_selector


def propose(preview: ResourcePreview, corrected: Sequence[Correction]) -> list[Correction]:
    """Propose corrections of a resource.

    Args:
        corrected: Those that were made before.
    """
    if selector := list(correct_selector(preview)):
        return selector  # All else is read from its rows.
    paging = list(correct_paging(preview))
    own = [c for c in corrected if c.resource == preview.resource.name]
    return [
        *paging,
        *correct_key(preview),
        *correct_cursor(preview),
        *(() if paging else correct_window(preview, own)),  # It was probed on another page.
        *correct_types(preview),
    ]
