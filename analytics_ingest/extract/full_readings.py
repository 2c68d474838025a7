"""Full readings: loads that read all rows of a resource, to see which the API has deleted.

A row is taken for deleted only if nothing suggests that the reading may have missed it:
`incomplete_because` names what does.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.stats import Stats
from analytics_ingest.extract.window_filter import FIRST_MOMENT


def full_window(window: Window) -> Window:
    """The window of a full reading: without an end, or the newest rows would seem to be gone.

    Args:
        window: All of a resource's rows, moved to its first start.
    """
    return Window(window.start)


def oldest_read(template: ListingTemplate) -> datetime | None:
    """The cursor from which on a full reading has seen all rows; None if it has seen any row."""
    resource = template.resource
    if resource.incremental is None:
        return None
    return resource.first_start or (FIRST_MOMENT if resource.window_placeholders else None)


def incomplete_because(template: ListingTemplate, stats: Stats) -> str:
    """Why a full reading may have missed rows; empty if nothing suggests it."""
    evidence = template.paging.evidence
    is_partial = template.resource.endpoint.partial == "allow"
    reasons = {
        "its steps have filtered rows": stats.rows_filtered,
        "rows without a usable key were rejected": stats.rows_rejected,
        "rows moved between its pages while they were read": stats.listings_restarted,
        "a row came twice, or the total changed between pages (if that is not a total, declare "
        "total_path: null)": evidence.has_shifted,
        "a listing may have ended before its last row": evidence.was_cut,
        "partial: allow loads responses that lack rows": is_partial,
        "of the warnings of the volume check": stats.warnings,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), "")


def parents_incomplete_because(
    template: ListingTemplate,
    templates: Mapping[str, ListingTemplate],
    stats: Mapping[str, Stats],
) -> str:
    """Why rows of parents that were not listed may be there; empty if nothing suggests it."""
    own, resource = stats[template.resource.name], template.resource
    if own.parents_skipped or own.listings_missing or own.listings_ignored:
        return "the listings of some parents were not there, ignored or not requested"
    for parent in _ancestors(resource, templates):
        name = parent.resource.name
        filters = parent.window_filters
        if len(filters) != 1 or filters[0].window.start or filters[0].window.end:
            return f"{name} is read from its initial_value on, up to its end_margin, or in pieces"
        if parent.parents_since:
            return f"{name} is listed for changed parents alone"
        if parent.resource.each:
            return f"{name} is read for the values that are declared, and these may have changed"
        if reason := incomplete_because(parent, stats[name]):
            return f"of {name} not all rows were read: {reason}"
    return ""


def _ancestors(
    resource: ResourceDeclaration, templates: Mapping[str, ListingTemplate]
) -> Iterable[ListingTemplate]:
    for parent in resource.parents:
        template = templates[parent.resource]
        yield template
        yield from _ancestors(template.resource, templates)
