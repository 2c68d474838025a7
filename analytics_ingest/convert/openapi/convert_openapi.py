"""Converts an OpenAPI document into a declaration: the passes, in their order."""

from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase

from analytics_ingest.convert.conversion_log import (
    ConversionError,
    ConversionLog,
    abbreviate,
    group_by_reason,
)
from analytics_ingest.convert.declaration import Declaration
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.manifest.resolvable import keep_resolvable
from analytics_ingest.convert.openapi.assemble import (
    add_key,
    add_selector,
    describe,
    read_fields,
    share,
)
from analytics_ingest.convert.openapi.document import Document, ReferenceProblemError
from analytics_ingest.convert.openapi.increments import read_incremental
from analytics_ingest.convert.openapi.keys import find_row_variables, read_key
from analytics_ingest.convert.openapi.listings import (
    Listing,
    NotListingError,
    list_fixed_parts,
    read_listing,
)
from analytics_ingest.convert.openapi.operations import read_operation, read_operations
from analytics_ingest.convert.openapi.paging import read_paging
from analytics_ingest.convert.openapi.parents import bind_variables
from analytics_ingest.convert.openapi.requests import (
    NotReadableError,
    add_required,
    build_empty_resource,
    list_required_by_most,
)
from analytics_ingest.convert.openapi.resource_names import name_resources
from analytics_ingest.convert.openapi.security import Security
from analytics_ingest.convert.openapi.servers import choose_server, fill, read_address
from analytics_ingest.convert.openapi.settings import VARIABLE
from analytics_ingest.convert.report import summarize

ORIGIN = "Derived from the document; a comment marks what it does not say."
ACTIONS = "changes something"


@dataclass(frozen=True)
class Selection:
    """Which listings become resources; all where nothing is selected."""

    only: tuple[str, ...] = ()
    """Patterns of names, such as orders*."""
    tags: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.only or self.tags)

    def fits(self, listing: Listing) -> bool:
        """Return whether a listing is selected."""
        tags = [tag.lower() for tag in listing.operation.tags]
        by_name = not self.only or any(fnmatchcase(listing.name, only) for only in self.only)
        return by_name and (not self.tags or any(tag.lower() in tags for tag in self.tags))


def convert_openapi(
    name: str, document: Document, selection: Selection, log: ConversionLog | None = None
) -> Declaration:
    """Convert a document into the declaration of an API.

    Args:
        log: Takes what is reported.

    Raises:
        ConversionError: None of its operations can be converted.
    """
    log = log or ConversionLog()
    log.has_connection = True
    try:
        draft, schema = _convert(name, document, selection, log)
    except ReferenceProblemError as reason:
        raise ConversionError(f"the document cannot be read: {reason}") from None
    keep_resolvable(draft, schema)
    if not draft.resources:
        raise ConversionError(_explain_nothing(log))
    log.stated = [*log.stated, *summarize(draft)]
    return Declaration(draft.attributes, schema, log, ORIGIN)


def _convert(
    name: str, document: Document, selection: Selection, log: ConversionLog
) -> tuple[Draft, dict[str, Json]]:
    listings = _read(document, log)
    if not listings:
        raise ConversionError(_explain_nothing(log))
    kept = _select(listings, selection, log)
    draft = Draft(name, {}, {}, {}, [], {}, log)
    draft.client["base_url"], settings = read_address(document, log)
    kept = _complete(kept, draft, Security(document, log))
    if not kept:
        raise ConversionError(_explain_nothing(log))
    schema = {
        each.name: entry for each in kept if each.is_selected and (entry := read_fields(each))
    }
    share(draft, kept, settings)
    describe(draft, document.root)
    return draft, schema


def _read(document: Document, log: ConversionLog) -> list[Listing]:
    """Read all listings of the document, named, with their keys and parents."""
    listings: list[Listing] = []
    paths = [
        str(path) for path in document.root.get_raw("paths") or () if str(path).startswith("/")
    ]
    for path in paths:
        try:
            item = document.root.get("paths", path)
            operations = list(read_operations(item))
        except ReferenceProblemError as reason:
            log.skip_stream(path, str(reason))
            continue
        for method, node in operations:
            name = f"{method.upper()} {path}"
            if method not in ("get", "post"):
                log.omitted[name] = ACTIONS
                continue
            try:
                listings.append(read_listing(read_operation(path, method, item, node)))
            except NotListingError as reason:
                log.omitted[name] = str(reason)
            except ReferenceProblemError as reason:
                log.skip_stream(name, str(reason))
    listings = [each for each in listings if not _is_repeated(each, listings, log)]
    name_resources(listings)
    variables = find_row_variables(paths)
    for each in listings:
        each.resource = build_empty_resource(each.name, each.operation)
        each.key = read_key(each, variables)
    bind_variables(listings)
    return listings


def _is_repeated(listing: Listing, listings: list[Listing], log: ConversionLog) -> bool:
    """Return whether a search by POST lists the rows of a listing by GET."""
    if listing.operation.method != "post":
        return False
    variables = set(VARIABLE.findall(listing.operation.path))
    for other in listings:
        if (
            other.operation.method == "get"
            and other.row is listing.row
            and variables.issuperset(VARIABLE.findall(other.operation.path))
        ):
            log.omitted[listing.operation.name] = f"lists what {other.operation.name} does"
            return True
    return False


def _select(listings: list[Listing], selection: Selection, log: ConversionLog) -> list[Listing]:
    """Return the selected listings, and their parents for their rows' sake."""
    chosen = [each for each in listings if selection.fits(each)]
    if not chosen:
        names = abbreviate([each.name for each in listings], 20)
        raise ConversionError(f"no listing is selected; the document has {names}")
    needed = {id(each) for each in chosen}
    for each in listings:
        each.is_selected = id(each) in needed
    for each in chosen:
        above = each.parent
        while above:
            needed.add(id(above))
            above = above.parent
    if selection:
        log.stated.append(f"{len(chosen)} of the document's {len(listings)} listings are selected")
    return [each for each in listings if id(each) in needed]


def _complete(listings: list[Listing], draft: Draft, security: Security) -> list[Listing]:
    """Add paging, increments and what requests must carry; skip those that cannot be read."""
    log, kept = draft.log, []
    shared = list_required_by_most(listings)
    endings = Counter(
        part for each in listings for part in list_fixed_parts(each.operation.path)[-1:]
    )
    rows = Counter(id(each.row) for each in listings)
    for each in listings:
        try:
            _place_on_server(each, draft.client["base_url"])
            if not each.is_selected:
                each.resource["selected"] = False
            add_selector(each, log)
            each.endpoint["paginator"] = read_paging(each, log)
            each.endpoint["incremental"] = read_incremental(each, log) if each.is_selected else None
            last = list_fixed_parts(each.operation.path)[-1:]
            is_shared = rows[id(each.row)] > 1 or any(endings[part] > 1 for part in last)
            add_key(each, is_shared=is_shared)
            add_required(each, security.names, shared)
        except (NotReadableError, ReferenceProblemError) as reason:
            log.skip_stream(each.name, str(reason))
            continue
        kept.append(each)
    kept = _with_parents(kept, log)
    for each in kept:
        for setting, purpose in each.settings.items():
            log.require(setting, purpose)
        if not each.key and each.is_selected:
            log.assume(each.name, "the document shows no key: it is loaded whole each time")
    security.sign(draft.client, kept)
    return kept


def _with_parents(listings: list[Listing], log: ConversionLog) -> list[Listing]:
    """Return the listings whose parents are there."""
    kept = listings
    while orphans := [each for each in kept if each.parent and each.parent not in kept]:
        for each in orphans:
            log.skip_stream(each.name, f"its parent {each.parent and each.parent.name} is skipped")
        kept = [each for each in kept if each not in orphans]
    return kept


def _place_on_server(listing: Listing, base: str) -> None:
    """Make the path of a listing with a server of its own relative to the shared address."""
    server = choose_server(listing.operation.servers)
    own = fill(server, {}, ConversionLog()).rstrip("/") if server else ""
    shared = base.rstrip("/")
    if f"{own}/".startswith(f"{shared}/"):
        listing.endpoint["path"] = own.removeprefix(shared) + listing.endpoint["path"]
    elif "://" in own:
        raise NotReadableError(f"its address is {own}; the others use {base}")


def _explain_nothing(log: ConversionLog) -> str:
    if not log.skipped:
        return "none of the document's operations lists rows"
    skipped = group_by_reason(log.skipped).items()
    reasons = [f"{abbreviate(names)}: {text}" for text, names in skipped]
    return f"no listing of the document can be converted ({'; '.join(reasons)})"
