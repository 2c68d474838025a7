"""Full readings: loads that read all rows of a resource, to see which the API has deleted.

A row is taken for deleted only if nothing suggests that the reading may have missed it:
`find_incomplete_reason` names what does.
"""

from collections.abc import Mapping
from datetime import datetime

from analytics_ingest.extract.listing_template import ListingTemplate, find_ancestors
from analytics_ingest.extract.stats import Stats
from analytics_ingest.extract.windows.window_filter import FIRST_MOMENT


def find_oldest_read(template: ListingTemplate) -> datetime | None:
    """Find the oldest cursor that a full reading covers; None if it covers every row."""
    resource = template.resource
    if resource.incremental is None:
        return None
    return resource.first_start or (FIRST_MOMENT if resource.window_placeholders else None)


def find_incomplete_reason(template: ListingTemplate, stats: Stats) -> str:
    """Return why a full reading may have missed rows; empty if nothing suggests it."""
    if stats.rows_filtered:
        return "its steps have filtered rows"
    if template.resource.endpoint.partial == "allow":
        return "partial: allow loads responses that lack rows"
    return find_listing_doubt(template, stats)


def find_listing_doubt(template: ListingTemplate, stats: Stats) -> str:
    """Return why the listings of a resource may lack rows; empty if nothing suggests it."""
    evidence = template.paging.evidence
    reasons = {
        "rows without a usable key were rejected": stats.rows_rejected,
        "rows moved between its pages while they were read": stats.listings_restarted,
        "a row was returned twice, or the total changed between pages (if that is not a total, "
        "declare total_path: null)": evidence.has_shifted,
        "a listing may have ended before its last row": evidence.was_cut,
        "an element that data_selector goes through had no place for rows": evidence.has_gaps,
        "the volume check has warnings": stats.has_own_warnings,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), "")


def find_incomplete_parent(
    template: ListingTemplate,
    templates: Mapping[str, ListingTemplate],
    stats: Mapping[str, Stats],
) -> str:
    """Return why rows of parents that were not listed may be there.

    Empty if nothing suggests it.
    """
    if reason := _find_absent_listings(stats[template.resource.name]):
        return reason
    for parent in find_ancestors(template.resource, templates):
        name = parent.resource.name
        filters = parent.window_filters
        if len(filters) != 1 or filters[0].window.start or filters[0].window.end:
            return f"{name} is read from its initial_value on, up to its end_margin, or in pieces"
        if parent.parents_since:
            return f"{name} is listed only for changed parents"
        if parent.resource.each:
            return f"{name} is read for the values that are declared, and these may have changed"
        if reason := find_incomplete_reason(parent, stats[name]):
            return f"not all rows of {name} were read: {reason}"
    return find_parent_doubt(template, templates, stats)


def find_parent_doubt(
    template: ListingTemplate,
    templates: Mapping[str, ListingTemplate],
    stats: Mapping[str, Stats],
) -> str:
    """Return why a load may have missed rows of a parent or its parents.

    Empty if nothing suggests it.
    """
    for parent in find_ancestors(template.resource, templates):
        name = parent.resource.name
        if parent.window_filters[-1].sent_end or len(parent.window_filters) > 1:
            return f"{name} is read up to its end_margin, or in pieces"
        reason = find_listing_doubt(parent, stats[name])
        if reason := reason or _find_absent_listings(stats[name]):
            return f"not all rows of {name} were read: {reason}"
    return ""


def _find_absent_listings(stats: Stats) -> str:
    """Return why rows of parents that were read may be absent: these parents have no listing."""
    if stats.parents_skipped or stats.listings_missing or stats.listings_ignored:
        return "the listings of some parents were missing, ignored or not requested"
    return ""


def may_have_missed_rows(
    template: ListingTemplate,
    templates: Mapping[str, ListingTemplate],
    stats: Mapping[str, Stats],
) -> bool:
    """Return whether rows may have moved while a resource was read, and nothing would show it.

    If rows before it are deleted, a row moves to a page that was read before, and is on none. A
    row that is added meanwhile keeps the total. Rows may also move between the listings of parents.
    """
    read = [template, *find_ancestors(template.resource, templates)]
    return any(
        each.paging.evidence.has_pages or stats[each.resource.name].listings > 1 for each in read
    )


def count_parent_listings(stats: Stats) -> tuple[int, ...]:
    """Count the listings of parents, and those that were absent: two readings should agree."""
    return stats.listings, stats.parents_skipped, stats.absent_parents
