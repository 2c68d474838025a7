"""Converts an OpenAPI document into a declaration: the passes, in their order."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from analytics_ingest.common.column_names import snake_case
from analytics_ingest.convert.conversion_log import ConversionError, ConversionLog, abbreviate
from analytics_ingest.convert.convert import Declaration
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.manifest.resolvable import keep_resolvable
from analytics_ingest.convert.manifest.sharing import OF_ENDPOINTS, commonest, share_headers, share_keys
from analytics_ingest.convert.openapi.document import Document, Node, ReferenceProblemError
from analytics_ingest.convert.openapi.increments import read_incremental
from analytics_ingest.convert.openapi.keys import is_strong, read_key, variables_of_rows
from analytics_ingest.convert.openapi.listings import Listing, NotListingError, fixed_parts, read_listing
from analytics_ingest.convert.openapi.operations import read_operation, read_paths
from analytics_ingest.convert.openapi.paging import read_paging
from analytics_ingest.convert.openapi.parents import bind_variables, include, shorten
from analytics_ingest.convert.openapi.requests import (
    NotReadableError,
    add_required,
    empty_resource,
    required_by_most,
)
from analytics_ingest.convert.openapi.resource_names import name_resources
from analytics_ingest.convert.openapi.schemas import describe_field, field_type
from analytics_ingest.convert.openapi.security import Security
from analytics_ingest.convert.openapi.servers import choose_server, fill, read_address
from analytics_ingest.convert.report import summarize

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
        """Whether a listing is selected."""
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
    listings = _read(document, log)
    if not listings:
        raise ConversionError("none of the document's operations lists rows")
    kept = _select(listings, selection, log)
    draft = Draft(name, {}, {}, {}, [], {}, log)
    draft.client["base_url"], settings = read_address(document, log)
    kept = _complete(kept, draft, Security(document, log))
    if not kept:
        raise ConversionError(_nothing(log))
    schema = {each.name: entry for each in kept if each.is_selected and (entry := _fields(each))}
    _share(draft, kept, settings)
    _describe(draft, document.root)
    keep_resolvable(draft, schema)
    if not draft.resources:
        raise ConversionError(_nothing(log))
    log.stated = [*log.stated, *summarize(draft)]
    return Declaration(draft.attributes, schema, log)


def _read(document: Document, log: ConversionLog) -> list[Listing]:
    """All listings of the document, named, with their keys and parents."""
    listings: list[Listing] = []
    paths: list[str] = []
    for path, method, item, node in read_paths(document):
        if method not in ("get", "post"):
            log.left_out[f"{method.upper()} {path}"] = ACTIONS
            continue
        paths += [path] * (method == "get")
        try:
            listings.append(read_listing(read_operation(path, method, item, node)))
        except NotListingError as reason:
            log.left_out[f"{method.upper()} {path}"] = str(reason)
        except ReferenceProblemError as reason:
            log.skip_stream(f"{method.upper()} {path}", str(reason))
    listings = [each for each in listings if not _is_repeated(each, listings, log)]
    name_resources(listings)
    variables = variables_of_rows(paths)
    for each in listings:
        each.resource = empty_resource(each.name, each.operation)
        each.key = read_key(each, variables)
    bind_variables(listings)
    return listings


def _is_repeated(listing: Listing, listings: list[Listing], log: ConversionLog) -> bool:
    """Whether a search by POST lists the rows of a listing by GET."""
    if listing.operation.method != "post":
        return False
    for other in listings:
        if (
            other.operation.method == "get"
            and other.row is listing.row
            and "{" not in other.operation.path
        ):
            log.left_out[listing.operation.name] = f"lists what {other.operation.name} does"
            return True
    return False


def _select(listings: list[Listing], selection: Selection, log: ConversionLog) -> list[Listing]:
    """The selected listings, and their parents for their rows' sake."""
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
    shared = required_by_most(listings)
    endings = Counter(fixed_parts(each.operation.path)[-1:][0] for each in listings if fixed_parts(each.operation.path))
    rows = Counter(id(each.row) for each in listings)
    for each in listings:
        try:
            _place_on_server(each, draft.client["base_url"])
            if not each.is_selected:
                each.resource["selected"] = False
            each.endpoint["data_selector"] = _selector(each, log)
            each.endpoint["paginator"] = read_paging(each, log)
            each.endpoint["incremental"] = read_incremental(each, log) if each.is_selected else None
            last = fixed_parts(each.operation.path)[-1:]
            is_shared = rows[id(each.row)] > 1 or any(endings[part] > 1 for part in last)
            _add_key(each, is_shared=is_shared)
            add_required(each, security.names, shared, log)
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
    """The listings whose parents are there."""
    for each in listings:
        if each.parent and each.parent not in listings:
            log.skip_stream(each.name, f"its parent {each.parent.name} is skipped")
            return _with_parents([other for other in listings if other is not each], log)
    return listings


def _place_on_server(listing: Listing, base: str) -> None:
    server = choose_server(listing.operation.servers)
    if server is None:
        return
    own = fill(server, {}, ConversionLog()).rstrip("/")
    if own.startswith(base.rstrip("/")):
        listing.endpoint["path"] = own[len(base.rstrip("/")) :] + listing.endpoint["path"]
    elif "://" in own:
        raise NotReadableError(f"its address is {own}, that of others {base}")


def _selector(listing: Listing, log: ConversionLog) -> str | list[str]:
    if listing.others:
        text = f"rows are in {'.'.join(listing.place)}; the answer also has the lists "
        comment = f"the answer also has {abbreviate(listing.others)}"
        place = "endpoint.data_selector"
        log.assume(listing.name, text + abbreviate(listing.others), key=place, comment=comment)
    if all(part.replace("_", "").isalnum() for part in listing.place):
        return ".".join(listing.place) or "$"
    return list(listing.place)


def _add_key(listing: Listing, *, is_shared: bool) -> None:
    """The primary key: with the parent's id where rows of several parents can have the same."""
    listing.resource["primary_key"] = listing.key or []
    if not listing.key or not listing.is_selected:
        return
    bindings = [p for p in listing.endpoint.get("params", {}).values() if isinstance(p, dict)]
    if bindings and (is_shared or not is_strong(listing.key)):
        column = include(listing, bindings[0])
        listing.resource["primary_key"] = [column, listing.key]


def _fields(listing: Listing) -> Json | None:
    """The entry of `schema.yaml`: fields with one column each, required as the document says."""
    fields: Json = {}
    columns: set[str] = set()
    key = listing.resource.get("primary_key")
    keys = key if isinstance(key, list) else [key]
    required = [name for name in keys if name in listing.row.properties]
    for name, nodes in listing.row.properties.items():
        shape = listing.row.field(name)
        kind, column = field_type(shape), snake_case(name)
        if any(node.raw("writeOnly") is True for node in nodes) or kind is None:
            continue
        if column in columns or column.startswith("_dlt"):
            continue
        columns.add(column)
        if name in listing.row.required and not shape.is_nullable and name not in required:
            required.append(name)
        kind += "" if name in required else "?"
        text = describe_field(shape)
        fields[name] = {"type": kind, "description": text} if text else kind
    required = [name for name in required if name in fields]
    return {"required": required, "fields": fields} if fields else None


def _share(draft: Draft, listings: list[Listing], settings: Json) -> None:
    """Write once what resources share."""
    endpoints = [each.endpoint for each in listings]
    resources = [each.resource for each in listings]
    if headers := share_headers(endpoints):
        draft.client["headers"] = {**draft.client.get("headers", {}), **headers}
    for endpoint in endpoints:
        if endpoint.get("json") == {} and endpoint.get("method") != "POST":
            del endpoint["json"]
    for blocks, keys, shared in (
        (resources, ("primary_key",), draft.defaults),
        (endpoints, OF_ENDPOINTS, draft.shared),
    ):
        for key in keys:
            _, count = commonest(block.get(key) for block in blocks)
            if count * 2 > len(blocks):
                shared |= share_keys(blocks, [key])
    draft.resources = resources
    if settings:
        draft.others["settings"] = settings


def _describe(draft: Draft, root: Node) -> None:
    if title := root.get("info").text("title"):
        draft.others["description"] = shorten(title, 200)
    url = root.get("externalDocs").text("url")
    if urlsplit(url).scheme in ("http", "https"):
        draft.others["docs_url"] = url


def _nothing(log: ConversionLog) -> str:
    reasons: Iterable[str] = (
        f"{abbreviate(names)}: {text}" for text, names in log.skipped_by_reason().items()
    )
    return f"no listing of the document can be converted ({'; '.join(reasons)})"
