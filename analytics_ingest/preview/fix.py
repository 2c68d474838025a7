"""`try --fix`: preview → corrections → the corrected declaration, previewed again.

Each round requests only what the corrections before it have changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from analytics_ingest.common.log import redact_logs
from analytics_ingest.common.window import EVERYTHING
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.api_context import connect
from analytics_ingest.extract.previews.preview import preview_resources
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.preview.corrections.correction import REMOVED, Correction
from analytics_ingest.preview.corrections.edit import DeclarationText
from analytics_ingest.preview.corrections.propose import propose
from analytics_ingest.preview.session import Session, preview_once

MOST_REQUESTS = 5
"""How many requests one listing may take, in all rounds together."""


def preview_and_fix(folder: Path, declaration: ApiDeclaration, names: frozenset[str]) -> Session:
    """Preview some resources, and correct their declaration until nothing is left to correct.

    Args:
        folder: The folder of the API, which is written if anything was corrected.
        declaration: That of the folder.
    """
    text, made = DeclarationText(folder), list[Correction]()
    refused: Sequence[Correction] = ()
    session = preview_once(declaration, names, most_requests=MOST_REQUESTS)
    while True:
        previews = session.previews
        proposed = list(_select_new_corrections(previews, made))
        if not proposed:
            break
        before = dict(text.texts)
        corrected = text.apply(declaration, proposed)
        next_one = _resolve(text, declaration, corrected)
        if next_one is None:
            text.texts, refused = before, proposed
            break
        if not corrected:
            break
        declaration = next_one
        made += corrected
        session = _preview_again(declaration, names, previews, corrected)
    if made:
        text.write()
    return replace(
        session,
        corrections=made,
        unproven=[*_list_manual_corrections(refused), *_find_unproven(session.previews)],
    )


def _resolve(
    text: DeclarationText, before: ApiDeclaration, corrected: Sequence[Correction]
) -> ApiDeclaration | None:
    """Resolve the corrected declaration.

    None if it holds a mistake, or if another resource differs.
    """
    try:
        after = text.resolve()
    except DeclarationError:
        return None
    others = before.resources.keys() - {c.resource for c in corrected}
    is_kept = all(after.resources[n].declared == before.resources[n].declared for n in others)
    return after if is_kept else None


def _list_manual_corrections(refused: Sequence[Correction]) -> Iterator[tuple[str, str]]:
    for correction in refused:
        value = "removed" if correction.value is REMOVED else correction.value
        yield (
            correction.resource,
            "is not corrected: the edit would break the declaration or change another resource. "
            f"Edit {correction.name} by hand: {value} ({correction.evidence})",
        )


def _preview_again(
    declaration: ApiDeclaration,
    names: frozenset[str],
    previews: Mapping[str, ResourcePreview],
    corrected: Sequence[Correction],
) -> Session:
    """Request the listings that are corrected, and the windows of those whose cursor is."""
    again = _to_request(declaration, previews, corrected)
    spent = {name: preview.requests for name, preview in previews.items() if name in again}
    reprobed = {c.resource for c in corrected if c.key[:2] == ("endpoint", "incremental")} - again
    kept = {
        name: _renew(preview, declaration, is_reprobed=name in reprobed)
        for name, preview in previews.items()
        if name not in again
    }
    context = connect(declaration, names, EVERYTHING, is_retried=False)
    with redact_logs(context.redact):
        renewed = preview_resources(
            context, kept, reprobed=reprobed, spent=spent, most_requests=MOST_REQUESTS
        )
    return Session(context, renewed)


def _select_new_corrections(
    previews: Mapping[str, ResourcePreview], made: Sequence[Correction]
) -> Iterator[Correction]:
    """Yield the corrections of keys that were not corrected before."""
    known = {(c.resource, c.key) for c in made}
    for preview in previews.values():
        for correction in propose(preview, made):
            if (correction.resource, correction.key) not in known:
                yield correction


def _to_request(
    declaration: ApiDeclaration,
    previews: Mapping[str, ResourcePreview],
    corrected: Sequence[Correction],
) -> set[str]:
    """Return the resources with other pages now, and the children that had no row to ask by."""
    again = {c.resource for c in corrected if c.changes_pages}
    for name, resource in declaration.resources.items():  # parents come first
        is_below = any(parent.resource in again for parent in resource.parents)
        if is_below and name in previews and not previews[name].rows:
            again.add(name)
    return again


def _renew(
    preview: ResourcePreview, declaration: ApiDeclaration, *, is_reprobed: bool
) -> ResourcePreview:
    """Preview by the corrected declaration; what the window has shown stays unless probed again."""
    renewed = replace(preview, resource=declaration.resources[preview.resource.name])
    if not is_reprobed:
        return renewed
    return replace(renewed, lost_window=None, window_refusal="", is_window_refused=False)


def _find_unproven(previews: Mapping[str, ResourcePreview]) -> Iterator[tuple[str, str]]:
    for name, preview in previews.items():
        if preview.error and not preview.pages:
            yield name, "got no response, so nothing about it is proven"
        elif preview.requests_left < 1:
            again = "if it was corrected, run try --fix again"
            yield name, f"used the {MOST_REQUESTS} requests of one call; {again}"
        elif not preview.rows:
            yield name, "has no rows, so its key, its cursor and its fields are not proven"
        elif sum(map(bool, preview.pages)) < 2:  # Positions may count pages.
            yield name, "has one page, so its paging is not proven"
