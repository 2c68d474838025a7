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
    page_by_cursor,
    page_by_number,
    page_by_offset,
    page_one,
    page_whole,
)

KEY = "api_key"
"""Name of the header or query parameter in which the APIs with an API key expect it."""


@dataclass(frozen=True)
class Listing:
    """One listing of an API.

    `counts` is the number of rows of a top-level listing. For a listing below `parent` it is the
    number of rows of the first, second, … parent, and starts over after the last. `ids` is the
    prefix of ids that are text; without one they look like UUIDs. The path's placeholder is named
    like the field of a child that holds its parent's id.
    """

    resource: str
    path: str
    page: Page
    counts: tuple[int, ...]
    ids: str = ""
    parent: str | None = None

    @property
    def placeholder(self) -> str | None:
        """The path's parameter that takes the parent's id."""
        match = re.search(r"{(\w+)}", self.path)
        return match[1] if match else None

    @property
    def link_fields(self) -> frozenset[str]:
        """The names of all fields that may hold the id of a row's parent."""
        name = self.placeholder
        return frozenset({name, f"{name}s", self.parent} if name and self.parent else ())

    @property
    def entity(self) -> str:
        """The singular of what is listed: `story` for `epics_stories`."""
        plural = self.resource.split("_")[-1] if self.parent else self.resource
        return plural[:-3] + "y" if plural.endswith("ies") else plural.removesuffix("s")


@dataclass(frozen=True)
class Api:
    """One API: its base path, how it reads the key of a request, and its listings."""

    base_path: str
    read_key: Callable[[Request], str | None]
    listings: tuple[Listing, ...]
    key_setting: str = "api_key"
    """The setting `sources.<api>.…` from which the declaration reads the key."""

    def get_listing(self, resource: str) -> Listing:
        """Return the listing of one resource; raises a KeyError if the API has none."""
        return {listing.resource: listing for listing in self.listings}[resource]


def _read_header(request: Request) -> str | None:
    return request.headers.get(KEY)


def _read_query(request: Request) -> str | None:
    return request.query_params.get(KEY)


def _read_bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else None


def _build_guide(resource: str, path: str, count: int, ids: str) -> Listing:
    return Listing(resource, path, page_by_offset(path.rpartition("/")[2], 50), (count,), ids)


def _build_top(resource: str, count: int) -> Listing:
    return Listing(resource, f"/v1/{resource.replace('_', '-')}", page_whole(), (count,))


def _build_below(parent: str, resource: str, path: str, *counts: int) -> Listing:
    return Listing(resource, f"/v1{path}", page_whole(), counts, parent=parent)


_PRODUCT_ADOPTION = (
    _build_guide("helpbars", "/edit/searches", 118, "hb_"),
    _build_guide("segments", "/edit/segments", 124, "sg_"),
    _build_guide("urls", "/edit/urls", 150, "ur_"),  # full pages, so the last one is empty
    _build_guide("url_groups", "/edit/url_groups", 112, "ug_"),
    _build_guide("changes", "/edit/changes", 133, "ch_"),
    _build_guide("launchers", "/edit/launchers", 121, "ln_"),
    _build_guide("tooltips", "/edit/tooltips", 119, "tt_"),
    _build_guide("tours", "/edit/tours", 126, "tr_"),
    _build_guide("surveys", "/edit/surveys", 115, "sv_"),
    _build_guide("survey_responses", "/analyze/responses", 137, "sr_"),
)

_PROJECT_TRACKING = (
    _build_top("categories", 6),
    _build_below(
        "categories", "categories_milestones", "/categories/{category_id}/milestones", 2, 0, 4
    ),
    _build_below(
        "categories", "categories_objectives", "/categories/{category_id}/objectives", 1, 3, 0
    ),
    _build_top("custom_fields", 7),
    _build_top("epic_workflow", 6),
    _build_top("epics", 8),
    _build_below("epics", "epics_comments", "/epics/{epic_id}/comments", 2, 0, 3, 1, 4),
    _build_below("epics", "epics_stories", "/epics/{epic_id}/stories", 6, 5, 0, 7, 5, 8),
    _build_top("files", 14),
    _build_top("groups", 6),
    _build_below("groups", "groups_stories", "/groups/{group_id}/stories", 3, 0, 4, 2),
    _build_top("iterations", 10),
    _build_below(
        "iterations", "iterations_stories", "/iterations/{iteration_id}/stories", 2, 4, 0, 3
    ),
    _build_top("labels", 20),
    Listing("member", "/v1/member", page_one(), (1,)),
    _build_top("members", 16),
    _build_top("milestones", 9),
    _build_below("milestones", "milestones_epics", "/milestones/{milestone_id}/epics", 1, 3, 0, 2),
    _build_top("objectives", 9),
    _build_below("objectives", "objectives_epics", "/objectives/{objective_id}/epics", 2, 0, 1, 3),
    _build_top("workflows", 6),
    _build_below("epics_stories", "stories_comments", "/stories/{story_id}/comments", 2, 0, 3, 1),
    _build_below("epics_stories", "story_history", "/stories/{primary_id}/history", 1, 3, 0, 2),
    Listing("search_epics", "/v1/search/epics", page_by_cursor("data", 1, "next"), (12,)),
)

_CONTENT_LIBRARY = (Listing("items", "/v1/resource", page_by_number("items", 2), (7,), "it_"),)

_COMMERCE = (Listing("transactions", "/v1/resource", page_by_offset("data", 100), (250,), "tx_"),)

_STATUS_PAGES = (
    Listing("pages", "/v1/resource", page_by_offset("data", 100), (120,), "pg_"),
    Listing("subscribers", "/v1/resource/subscribers", page_by_offset("data", 100), (130,), "sub_"),
)

APIS: Mapping[str, Api] = {
    "product_adoption": Api("/v3/", _read_header, _PRODUCT_ADOPTION),
    "project_tracking": Api("", _read_header, _PROJECT_TRACKING),
    "content_library": Api("/v2", _read_bearer, _CONTENT_LIBRARY, "api_token"),
    "commerce": Api("", _read_query, _COMMERCE),
    "status_pages": Api("", _read_header, _STATUS_PAGES),
}
