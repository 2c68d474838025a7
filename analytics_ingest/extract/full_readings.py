"""Full readings: loads that read all rows of a resource, to see which the API has deleted.

A row is taken for deleted only if nothing suggests that the reading may have missed it:
`incomplete_because` names what does.
"""

from collections.abc import Mapping
from datetime import datetime

from analytics_ingest.extract.listing_template import ListingTemplate, find_ancestors
from analytics_ingest.extract.stats import Stats
from analytics_ingest.extract.window_filter import FIRST_MOMENT


def oldest_read(template: ListingTemplate) -> datetime | None:
    """The cursor from which on a full reading has seen all rows; None if it has seen any row."""
    resource = template.resource
    if resource.incremental is None:
        return None
    return resource.first_start or (FIRST_MOMENT if resource.window_placeholders else None)


def incomplete_because(template: ListingTemplate, stats: Stats) -> str:
    """Why a full reading may have missed rows; empty if nothing suggests it."""
    if stats.rows_filtered:
        return "its steps have filtered rows"
    if template.resource.endpoint.partial == "allow":
        return "partial: allow loads responses that lack rows"
    return listings_doubtful_because(template, stats)


def listings_doubtful_because(template: ListingTemplate, stats: Stats) -> str:
    """What of a resource's listings says that they may lack rows; empty if nothing does."""
    evidence = template.paging.evidence
    reasons = {
        "rows without a usable key were rejected": stats.rows_rejected,
        "rows moved between its pages while they were read": stats.listings_restarted,
        "a row came twice, or the total changed between pages (if that is not a total, declare "
        "total_path: null)": evidence.has_shifted,
        "a listing may have ended before its last row": evidence.was_cut,
        "of the warnings of the volume check": stats.has_own_warnings,
    }
    return next((reason for reason, is_so in reasons.items() if is_so), "")


def parents_incomplete_because(
    template: ListingTemplate,
    templates: Mapping[str, ListingTemplate],
    stats: Mapping[str, Stats],
) -> str:
    """Why rows of parents that were not listed may be there; empty if nothing suggests it."""
    if reason := _listings_absent_because(stats[template.resource.name]):
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
        if reason := incomplete_because(parent, stats[name]):
            return f"of {name} not all rows were read: {reason}"
    return parents_doubtful_because(template, templates, stats)


def parents_doubtful_because(
    template: ListingTemplate,
    templates: Mapping[str, ListingTemplate],
    stats: Mapping[str, Stats],
) -> str:
    """What says that a load has missed rows of a parent, or of a parent's parent."""
    for parent in find_ancestors(template.resource, templates):
        name = parent.resource.name
        if parent.window_filters[-1].sent_end or len(parent.window_filters) > 1:
            return f"{name} is read up to its end_margin, or in pieces"
        reason = listings_doubtful_because(parent, stats[name])
        if reason := reason or _listings_absent_because(stats[name]):
            return f"of {name} not all rows were read: {reason}"
    return ""


def _listings_absent_because(stats: Stats) -> str:
    """Why rows are absent of parents that are there: these have no listing."""
    if stats.parents_skipped or stats.listings_missing or stats.listings_ignored:
        return "the listings of some parents were not there, ignored or not requested"
    return ""


def may_have_missed_rows(
    template: ListingTemplate,
    templates: Mapping[str, ListingTemplate],
    stats: Mapping[str, Stats],
) -> bool:
    """Whether rows may have moved while a resource was read, and nothing would show it.

    Where rows before it are deleted, a row moves to a page that was read before, and is on none. A
    row that is added meanwhile keeps the total. Rows may also move between the listings of parents.
    """
    read = [template, *find_ancestors(template.resource, templates)]
    return any(
        each.paging.evidence.has_pages or stats[each.resource.name].listings > 1 for each in read
    )


def listings_of_parents(stats: Stats) -> tuple[int, ...]:
    """Which listings of parents were read: two readings should agree."""
    return stats.listings, stats.parents_skipped, stats.absent_parents
