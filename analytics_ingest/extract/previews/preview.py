"""The first pages of each resource, for a person to look at: `preview_resources`.

Every request is sent once, and its response is read as in a load. Resources without a parent come
first, all at the same time; then their children, by rows of the parents' first pages. An error ends
the preview of its resource only.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from itertools import islice
from types import MappingProxyType
from typing import Any

from analytics_ingest.extract.api_context import ApiContext
from analytics_ingest.extract.listing_template import ListingTemplate
from analytics_ingest.extract.parents.children import (
    Opening,
    open_root_listings,
)
from analytics_ingest.extract.previews.preview_openings import (
    count_skipped_rows,
    open_child_listings,
)
from analytics_ingest.extract.previews.preview_pages import (
    compare_keys,
    mask_previews,
    probe_position,
    probe_window,
    request_pages,
)
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.extract.probes.empty_results import probe_key
from analytics_ingest.extract.probes.paging import list_paging_params, probe_paging
from analytics_ingest.extract.request_queue import RequestQueue

MOST_LISTINGS = 3
"""Rows of a parent, or listed values, to ask by, at most, until a listing has rows."""


def preview_resources(
    context: ApiContext,
    kept: Mapping[str, ResourcePreview] = MappingProxyType({}),
    *,
    reprobed: Collection[str] = (),
    spent: Mapping[str, int] = MappingProxyType({}),
    most_requests: float = math.inf,
) -> dict[str, ResourcePreview]:
    """Request the first and second page of each resource, parents first.

    Args:
        context: Connected with `is_retried=False`, so that refusals show at once.
        kept: Previews of before, whose pages are not requested again.
        reprobed: Names of those whose window is probed again: their cursor or filter is corrected.
        spent: The requests that a resource has taken before.
        most_requests: How many requests a resource may take altogether.
    """
    queue, previews = RequestQueue(context.client), dict(kept)
    try:
        asked = [n for n in reprobed if kept[n].rows and not context.templates[n].job]
        queue.run([partial(probe_window, context.templates[n], kept[n]) for n in asked])
        while ready := list(_list_ready(context.templates.values(), previews)):
            names = [template.resource.name for template in ready]
            new = [
                ResourcePreview(t.resource, spent.get(n, 0), most_requests)
                for n, t in zip(names, ready, strict=True)
            ]
            calls = [
                partial(_preview, t, _open_listings(t, previews), p)
                for t, p in zip(ready, new, strict=True)
            ]
            skipped = [count_skipped_rows(t, _list_first_pages(previews)) for t in ready]
            previews |= zip(names, queue.run(calls), strict=True)
            for name, rows in zip(names, skipped, strict=True):
                previews[name].parents_skipped = rows
        queue.run([partial(_probe_keys, context.templates.values(), previews)])
        if not any(preview.rows or preview.error for preview in previews.values()):
            _probe_paging(context.templates.values(), previews)
    finally:
        context.client.close()
        queue.close()
    mask_previews(context.templates, {n: p for n, p in previews.items() if n not in kept})
    return {name: previews[name] for name in context.templates}


def _list_ready(
    templates: Iterable[ListingTemplate], previews: Mapping[str, ResourcePreview]
) -> Iterator[ListingTemplate]:
    """Yield the resources still to preview that do not wait for their parent."""
    for template in templates:
        parents = {parent.resource for parent in template.resource.parents}
        if template.resource.name not in previews and parents <= previews.keys():
            yield template


def _probe_paging(
    templates: Iterable[ListingTemplate], previews: Mapping[str, ResourcePreview]
) -> None:
    """Probe one listing of an API without any rows, as a load does."""
    for template in templates:
        opening = next(open_root_listings(template), None)
        if opening and not template.job and list_paging_params(template, opening.bindings):
            result = probe_paging(template, opening.bindings)
            preview = previews[template.resource.name]
            preview.requests += result.requests
            if result.problem:
                preview.error = template.without_place(result.problem)
            return


def _open_listings(
    template: ListingTemplate, previews: Mapping[str, ResourcePreview]
) -> list[Opening]:
    """Open the listings to ask for, one after the other, until one has rows."""
    resource = template.resource
    openings = open_child_listings(template, _list_first_pages(previews))
    if not resource.parents:
        openings = open_root_listings(template)
    most = MOST_LISTINGS if resource.parents or resource.each else 1
    # Of a window in pieces only the newest one is looked at.
    newest = (o for o in openings if o.window_filter is template.window_filters[-1])
    return list(islice(newest, most))


def _list_first_pages(previews: Mapping[str, ResourcePreview]) -> dict[str, list[list[Any]]]:
    return {name: preview.pages[:1] for name, preview in previews.items()}


def _preview(
    template: ListingTemplate, openings: Sequence[Opening], preview: ResourcePreview
) -> ResourcePreview:
    """Preview the first listing that has rows."""
    for number, opening in enumerate(openings, start=1):
        if preview.requests_left < 1:
            break
        preview = ResourcePreview(
            template.resource,
            preview.requests,
            preview.most_requests,
            opening.bindings,
            opening.inherited,
        )
        request_pages(opening, preview)
        if template.job:
            break  # Each further request would need a job of its own.
        probe_position(template, preview)
        if preview.rows_at_one or preview.rows_before:
            break  # What follows would be of another page than the first.
        if preview.rows:
            probe_window(template, preview)
            compare_keys(openings[number:], preview)
            break
        if preview.error and preview.status != HTTPStatus.NOT_FOUND:
            break
    return preview


def _probe_keys(
    templates: Iterable[ListingTemplate], previews: Mapping[str, ResourcePreview]
) -> None:
    """Ask once with an invalid key where nothing came: the API may answer so to a wrong one."""
    if any(preview.rows for preview in previews.values()):
        return
    for template in templates:
        preview = previews[template.resource.name]
        opening = next(open_root_listings(template), None)
        if not preview.pages or not opening or not template.auth or template.job:
            continue
        probe = probe_key(template, opening.bindings)
        preview.requests += probe.requests
        preview.key_problem = template.without_place(probe.problem) if probe.problem else ""
        return
