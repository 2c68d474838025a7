"""Which resources may be stored in parts, and the key of what their rows depend on.

These are children of merge whose window had ended before the load began: which rows of a listing
lie in the window does then not depend on when it is read. Parts of another key are void.
"""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from analytics_ingest.declaration.resolved import ApiDeclaration, ResourceDeclaration
from analytics_ingest.declaration.validation.masks import normalize_field
from analytics_ingest.extract.listing_template import ListingTemplate, find_ancestors
from analytics_ingest.extract.parts.load_scope import LoadScope


def find_divisible(
    scope: LoadScope, templates: Mapping[str, ListingTemplate], now: datetime
) -> list[str]:
    """Find the resources of a load that may be stored in parts."""
    end = scope.window.end
    if not end or end > now:
        return []
    # A parent is listed whole for its children, and a full reading shows what is gone.
    whole = {parent.resource for t in templates.values() for parent in t.resource.parents}
    deletes = (resource.declared.deletes for resource in scope.declaration.resources.values())
    whole |= {declared.source for declared in deletes if declared and declared.source}
    return [
        name
        for name, template in templates.items()
        if name in scope.resources
        and name not in whole
        # One that a margin has shortened moves with the clock.
        and template.window.end == end
        and _is_divisible(template.resource)
        # Alone, the next part would ask fewer of their parents.
        and not any(
            above.resource.declared.parents.changed
            for above in find_ancestors(template.resource, templates)
        )
        and not _sends_masked(template.resource, templates)
    ]


def _is_divisible(resource: ResourceDeclaration) -> bool:
    declared = resource.declared
    if not resource.is_merged or resource.has_history or resource.replaces_window:
        return False
    if not resource.parents or not resource.incremental or resource.incremental.max_window:
        return False
    if any(parent.group for parent in resource.parents):
        return False  # The rows of a group depend on the order of the parents.
    is_job = resource.endpoint.job is not None
    return not (declared.merge_key or declared.deletes or declared.changes or is_job)


def _sends_masked(resource: ResourceDeclaration, templates: Mapping[str, ListingTemplate]) -> bool:
    """Return whether a masked value tells listings apart: a digest would let it be guessed."""
    masks = [(resource.name, column) for column in resource.inherited]
    masks += [(p.resource, field) for p in resource.parents for _, field in p.bindings]
    masks += [(resource.parents[0].resource, field) for field in resource.inherited.values()]
    return any(
        normalize_field(field).startswith(normalize_field(mask.path[0]))
        for owner, field in masks
        for mask in templates[owner].resource.masks
    )


def derive_key(
    api: ApiDeclaration,
    name: str,
    templates: Mapping[str, ListingTemplate],
    settings: Mapping[str, str],
    starts: Collection[datetime],
) -> str:
    """Derive the key of a resource, slowly: it holds settings, which nobody shall guess from it.

    Args:
        settings: Those that were read before the first request.
        starts: Of the partitions by which rows are counted.
    """
    template = templates[name]
    above = {each.resource.name for each in find_ancestors(template.resource, templates)}
    resources = [repr(api.resources[n]) for n in sorted({name, *above})]
    windows = [template.window, *(piece.window for piece in template.window_filters)]
    parts = [
        _read_version(),
        template.client.base_url,
        repr(api.declared.client),
        resources,
        windows,
        template.parents_since,
        list(starts),
        sorted(settings.items()),
    ]
    key = hashlib.scrypt(repr(parts).encode(), salt=name.encode(), n=2**14, r=8, p=1, dklen=24)
    return key.hex()


def _read_version() -> str:
    try:
        return version("analytics-ingest-dagster")
    except PackageNotFoundError:  # It is imported from a folder.
        return ""
