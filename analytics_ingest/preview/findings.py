"""What looks wrong in the answers of one resource, a sentence each, and what is worth knowing."""

from collections.abc import Iterator

from dlt.sources.helpers.rest_client.detector import find_next_page_path

from analytics_ingest.extract.probes.error_bodies import keys_of
from analytics_ingest.preview.cursor_findings import cursor_problems
from analytics_ingest.preview.first_pages import ResourcePreview
from analytics_ingest.preview.paging import asked_size, next_step
from analytics_ingest.preview.row_findings import field_problems, key_problems


def problems(tried: ResourcePreview) -> Iterator[str]:
    """What looks wrong."""
    if tried.problem and not tried.is_repeated:
        yield _without_place(tried)
    if tried.pages:
        yield from _paging_problems(tried)
    if tried.rows:
        yield from key_problems(tried.resource, tried.pages[0])
        yield from cursor_problems(tried)
        yield from field_problems(tried.resource, tried.rows)


def notes(tried: ResourcePreview) -> Iterator[str]:
    """What is worth knowing, though nothing is wrong with it."""
    if not tried.is_asked:
        yield "was not asked for: its parent's first page has no row to ask by"
    elif tried.pages and not tried.rows:
        selector = tried.resource.endpoint.data_selector
        place = f" at '{selector}'" if selector else ""
        yield f"the listing is empty{place} ({keys_of(tried.body)}), so its fields are unknown"
    if tried.rows and not tried.resource.primary_key:
        yield "has no primary_key, so it is loaded whole each time, and replaced"


def _without_place(tried: ResourcePreview) -> str:
    """What is wrong, without the resource, which is told beside it."""
    return tried.problem.removeprefix(f"{tried.template.place}: ")


def _paging_problems(tried: ResourcePreview) -> Iterator[str]:
    got, asked = len(tried.pages[0]), asked_size(tried)
    second = len(tried.pages[1]) if len(tried.pages) > 1 else 0
    if tried.is_repeated:
        yield (
            f"the same page came twice: with {next_step(tried)} the API gives the rows of the "
            "first page again; compare the paginator's keys with the API's manual, or declare "
            "paginator: single_page if the listing has one page only"
        )
    if asked and got > asked:
        yield (
            f"{asked} rows a page were asked for and {got} came: the API ignores the page size, so "
            "rows come more than once; declare the size that it gives, or the name of its "
            "parameter (limit_param)"
        )
    elif asked and 0 < got < asked and second:
        yield (
            f"{asked} rows a page were asked for and {got} came, though there are more: the API "
            "caps its pages. Nothing is lost, but each listing takes a request more to see its "
            f"end; declare limit: {got}"
        )
    if got and tried.following is None:
        path, value = find_next_page_path(tried.body)
        if value:
            yield (
                f"the listing ends after this page, but the answer names a next one at "
                f"'{'.'.join(path)}'; declare a paginator that follows it"
            )
