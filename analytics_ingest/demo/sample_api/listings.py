"""The listings of the five APIs, one line each, and the base path and auth of each API.

`app` makes a route of every listing, and `data` its rows. Paths, names and page sizes are those of
the APIs' documents; the counts suit a demo at scale 1.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request

from analytics_ingest.demo.sample_api.paging import (
    Page,
    by_cursor,
    by_number,
    by_offset,
    one,
    whole,
)

KEY = "api_key"
"""Name of the header or query parameter in which the APIs with an API key expect it."""

_PLACEHOLDER = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Listing:
    """One listing of an API.

    `counts` is the number of rows of a top-level listing. For a listing below `parent` it is the
    number of rows of the first, second, … parent, and starts over after the last. `ids` is the
    prefix of ids that are text; without one they look like UUIDs. `link` is the field of a child
    that holds its parent's id, if it is not named like the path's placeholder.
    """

    resource: str
    path: str
    page: Page
    counts: tuple[int, ...]
    ids: str = ""
    parent: str | None = None
    link: str = ""

    @property
    def placeholder(self) -> str | None:
        """The path's parameter that takes the parent's id."""
        match = _PLACEHOLDER.search(self.path)
        return match[1] if match else None


@dataclass(frozen=True)
class Api:
    """One API: its base path, how it reads the key of a request, and its listings."""

    base_path: str
    read_key: Callable[[Request], str | None]
    listings: tuple[Listing, ...]

    def listing(self, resource: str) -> Listing:
        """The listing of one resource; raises a KeyError if the API has none."""
        return {listing.resource: listing for listing in self.listings}[resource]


def _in_header(request: Request) -> str | None:
    return request.headers.get(KEY)


def _in_query(request: Request) -> str | None:
    return request.query_params.get(KEY)


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else None


def _guide(resource: str, path: str, selector: str, count: int, ids: str) -> Listing:
    return Listing(resource, path, by_offset(selector, 50), (count,), ids)


def _top(resource: str, path: str, count: int) -> Listing:
    return Listing(resource, f"/v1{path}", whole(), (count,))


def _below(
    parent: str, resource: str, path: str, counts: tuple[int, ...], link: str = ""
) -> Listing:
    return Listing(resource, f"/v1{path}", whole(), counts, parent=parent, link=link)


_PRODUCT_ADOPTION = (
    _guide("helpbars", "/edit/searches", "searches", 118, "hb_"),
    _guide("segments", "/edit/segments", "segments", 124, "sg_"),
    _guide("urls", "/edit/urls", "urls", 150, "ur_"),  # full pages, so the last one is empty
    _guide("url_groups", "/edit/url_groups", "url_groups", 112, "ug_"),
    _guide("changes", "/edit/changes", "changes", 133, "ch_"),
    _guide("launchers", "/edit/launchers", "launchers", 121, "ln_"),
    _guide("tooltips", "/edit/tooltips", "tooltips", 119, "tt_"),
    _guide("tours", "/edit/tours", "tours", 126, "tr_"),
    _guide("surveys", "/edit/surveys", "surveys", 115, "sv_"),
    _guide("survey_responses", "/analyze/responses", "responses", 137, "sr_"),
)

_PROJECT_TRACKING = (
    _top("categories", "/categories", 6),
    _below(
        "categories", "categories_milestones", "/categories/{category_id}/milestones", (2, 0, 4)
    ),
    _below(
        "categories", "categories_objectives", "/categories/{category_id}/objectives", (1, 3, 0)
    ),
    _top("custom_fields", "/custom-fields", 7),
    _top("epic_workflow", "/epic-workflow", 6),
    _top("epics", "/epics", 8),
    _below("epics", "epics_comments", "/epics/{epic_id}/comments", (2, 0, 3, 1, 4)),
    _below("epics", "epics_stories", "/epics/{epic_id}/stories", (6, 5, 0, 7, 5, 8)),
    _top("files", "/files", 14),
    _top("groups", "/groups", 6),
    _below("groups", "groups_stories", "/groups/{group_id}/stories", (3, 0, 4, 2)),
    _top("iterations", "/iterations", 10),
    _below("iterations", "iterations_stories", "/iterations/{iteration_id}/stories", (2, 4, 0, 3)),
    _top("labels", "/labels", 20),
    Listing("member", "/v1/member", one(), (1,)),
    _top("members", "/members", 16),
    _top("milestones", "/milestones", 9),
    _below("milestones", "milestones_epics", "/milestones/{milestone_id}/epics", (1, 3, 0, 2)),
    _top("objectives", "/objectives", 9),
    _below("objectives", "objectives_epics", "/objectives/{objective_id}/epics", (2, 0, 1, 3)),
    _top("workflows", "/workflows", 6),
    _below("epics_stories", "stories_comments", "/stories/{story_id}/comments", (2, 0, 3, 1)),
    _below(
        "epics_stories", "story_history", "/stories/{story_id}/history", (1, 3, 0, 2), "primary_id"
    ),
    Listing("search_epics", "/v1/search/epics", by_cursor("data", 1, "next"), (12,)),
)

_CONTENT_LIBRARY = (Listing("items", "/v1/resource", by_number("items", 2), (7,), "it_"),)

_COMMERCE = (Listing("transactions", "/v1/resource", by_offset("data", 100), (250,), "tx_"),)

_STATUS_PAGES = (
    Listing("pages", "/v1/resource", by_offset("data", 100), (120,), "pg_"),
    Listing("subscribers", "/v1/resource/subscribers", by_offset("data", 100), (130,), "sub_"),
)

APIS: Mapping[str, Api] = {
    "product_adoption": Api("/v3/", _in_header, _PRODUCT_ADOPTION),
    "project_tracking": Api("", _in_header, _PROJECT_TRACKING),
    "content_library": Api("/v2", _bearer, _CONTENT_LIBRARY),
    "commerce": Api("", _in_query, _COMMERCE),
    "status_pages": Api("", _in_header, _STATUS_PAGES),
}
