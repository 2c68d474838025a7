"""Placeholders are bound: to a parent by its path, else by its name, else to a setting."""

import itertools
import json
import time

import pytest

from analytics_ingest_tests.convert.writing import Desk, shop


def listing(name: str, path: str, more: str = "") -> str:
    """A resource of a document."""
    return f'{{"name": "{name}", "endpoint": {{"path": "{path}"{more}}}}}'


def bindings(desk: Desk, *resources: tuple[str, str]) -> dict[str, dict[str, str]]:
    """Placeholder → `parent.field` of each resource that has a parent."""
    found = desk.new(shop(*(listing(*resource) for resource in resources))).declaration
    return {
        name: {key: f"{r.parent.resource}.{field}" for key, field in r.parent.bindings}
        for name, r in found.resources.items()
        if r.parent
    }


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        pytest.param(
            [("orders", "/v1/orders"), ("lines", "/v1/orders/{order_id}/lines")],
            {"lines": {"order_id": "orders.id"}},
            id="by its path",
        ),
        pytest.param(
            [("all_purchases", "/v1/orders/"), ("lines", "v1/orders/{id}/lines")],
            {"lines": {"id": "all_purchases.id"}},
            id="by its path alone",
        ),
        pytest.param(
            [("orders", "/orders.json"), ("lines", "/orders/{order_id}/lines.json")],
            {"lines": {"order_id": "orders.id"}},
            id="by a path that ends in .json",
        ),
        pytest.param(
            [("orders", "/orders"), ("order", "/orders/{order_id}")],
            {"order": {"order_id": "orders.id"}},
            id="a single object",
        ),
        pytest.param(
            [("closed", "/orders"), ("orders", "/orders"), ("lines", "/orders/{order_id}/lines")],
            {"lines": {"order_id": "orders.id"}},
            id="by its path and its name",
        ),
        pytest.param(
            [("stores", "/v2/stores"), ("stock", "/v1/shops/{store_id}/stock")],
            {"stock": {"store_id": "stores.id"}},
            id="by its name",
        ),
        pytest.param(
            [("categories", "/c"), ("items", "/items/{category_id}")],
            {"items": {"category_id": "categories.id"}},
            id="by its plural in -ies",
        ),
        pytest.param(
            [
                ("boxes", "/c"),
                ("statuses", "/s"),
                ("items", "/items/{boxId}"),
                ("x", "/x/{statusKey}"),
            ],
            {"items": {"boxId": "boxes.id"}, "x": {"statusKey": "statuses.id"}},
            id="by its plural in -es",
        ),
        pytest.param(
            [("people", "/c"), ("items", "/items/{person_id}")],
            {"items": {"person_id": "people.id"}},
            id="by an odd plural",
        ),
        pytest.param(
            [("list_teams", "/teams"), ("items", "/items/{team}")],
            {"items": {"team": "list_teams.id"}},
            id="by the last part of its path",
        ),
        pytest.param(
            [("epics_stories", "/es"), ("groups_stories", "/gs"), ("c", "/stories/{story_id}/c")],
            {"c": {"story_id": "epics_stories.id"}},
            id="by the end of its name, the first of several",
        ),
        pytest.param(
            [("categories", "/c"), ("items", "/items/{parent_category_id}")],
            {"items": {"parent_category_id": "categories.id"}},
            id="by the end of the placeholder",
        ),
        pytest.param(
            [("orders", "/x/orders"), ("lines", "/orders/{id}/lines")],
            {"lines": {"id": "orders.id"}},
            id="a bare id, by the part before it",
        ),
        pytest.param([("orders", "/orders/{order_id}")], {}, id="never by itself"),
        pytest.param(
            [("a", "/b/{b_id}/a"), ("b", "/a/{a_id}/b")], {"a": {"b_id": "b.id"}}, id="no cycle"
        ),
        pytest.param(
            [("orders", "/orders"), ("lines", "/{workspace}/orders/{order_id}/lines")],
            {"lines": {"order_id": "orders.id"}},
            id="beside a setting",
        ),
    ],
)
def test_a_placeholder_finds_its_parent(
    desk: Desk, resources: list[tuple[str, str]], expected: dict[str, dict[str, str]]
) -> None:
    assert bindings(desk, *resources) == expected


FORMS = [
    "/orders/{order_id}/lines",
    "/orders/{{ stream_partition.order_id }}/lines",
    "/orders/{{ stream_partition['order_id'] }}/lines",
    "/orders/{stream_slice.order_id}/lines",
    "/orders/{{ stream_slice.order_id }}/lines",
    "/orders/{{ order_id }}/lines",
    "/orders/{{order_id}}/lines",
    "/orders/{ order_id }/lines",
    "/orders/<order_id>/lines",
    "/orders/:order_id/lines",
    "/orders/{order-id}/lines",
]


@pytest.mark.parametrize("path", FORMS)
def test_a_placeholder_may_have_any_form(desk: Desk, path: str) -> None:
    assert bindings(desk, ("orders", "/orders"), ("lines", path)) == {
        "lines": {"order_id": "orders.id"}
    }


@pytest.mark.parametrize(
    "path",
    [
        "/w/{workspace}/x",
        "/w/{{ config['workspace'] }}/x",
        '/w/{{ config[\\"workspace\\"] }}/x',
        "/w/{{ config.get('workspace') }}/x",
        "/w/{config.workspace}/x",
        "/w/{{ workspace }}/x",
        "/w/{settings.workspace}/x",
    ],
)
def test_a_placeholder_without_a_parent_is_a_setting(desk: Desk, path: str) -> None:
    found = desk.new(shop(listing("x", path)))
    assert found.endpoint("x")["path"] == "/w/{settings.workspace}/x"
    assert "SOURCES__SHOP__WORKSPACE" in found.to_be_set


def test_a_setting_has_the_name_of_its_variable_in_the_environment(desk: Desk) -> None:
    found = desk.new(shop(listing("x", "/w/{workspaceId}/x")))
    assert found.endpoint("x")["path"] == "/w/{settings.workspace_id}/x"
    assert "SOURCES__SHOP__WORKSPACE_ID" in found.to_be_set


def test_ids_of_ancestors_come_from_the_parents_row(desk: Desk) -> None:
    found = desk.new(
        shop(
            listing("d", "/as/{a_id}/bs/{b_id}/cs/{c_id}/ds"),
            listing("cs", "/as/{a_id}/bs/{b_id}/cs"),
            listing("bs", "/as/{x}/bs"),
            listing("as_", "/as"),
        )
    )
    resolve = {"type": "resolve", "resource": "cs"}
    assert found.endpoint("d")["params"] == {
        "c_id": {**resolve, "field": "id"},
        "b_id": {**resolve, "field": "_bs_id"},
        "a_id": {**resolve, "field": "_bs__as_id"},
    }
    assert found.resource("cs")["include_from_parent"] == ["id", "_as_id"]
    assert found.resource("bs")["include_from_parent"] == ["id"]
    assert [line for line in found.assumed if "that of its parent" in line] == [
        "cs: {a_id} is that of its parent bs: the id of as, kept in its rows as _as_id",
        "d: {b_id} is that of its parent cs: the id of bs, kept in its rows as _bs_id",
        "d: {a_id} is that of its parent cs: the _as_id of bs, kept in its rows as _bs__as_id",
    ]


def test_a_setting_of_the_parents_path_is_one_of_the_childs_too(desk: Desk) -> None:
    found = desk.new(
        shop(
            listing("as_", "/{team}/as"),
            listing("bs", "/{workspace_id}/as/{a_id}/bs"),
            listing("cs", "/{team}/as/{a_id}/cs"),
            listing("xs", "/v/{version}/xs", ', "params": {"version": 2}'),
            listing("ys", "/v/{version}/xs/{x_id}/ys"),
        )
    )
    assert found.endpoint("bs")["path"] == "/{settings.team}/as/{a_id}/bs"
    assert found.endpoint("cs")["path"] == "/{settings.team}/as/{a_id}/cs"
    assert found.endpoint("ys")["params"]["version"] == 2
    assert [line for line in found.assumed if "that of its parent" in line] == [
        "bs: {workspace_id} is that of its parent as: {settings.team}",
        "ys: {version} is that of its parent xs: 2",
    ]


def test_an_outer_id_is_a_field_of_the_parents_row_where_the_parent_has_no_such_path(
    desk: Desk,
) -> None:
    found = desk.new(
        shop(
            listing("projects", "/projects"),
            listing("issues", "/issues"),
            listing("comments", "/projects/{project_id}/issues/{issue_id}/comments"),
        )
    )
    params = found.endpoint("comments")["params"]
    assert params["issue_id"] == {"type": "resolve", "resource": "issues", "field": "id"}
    assert params["project_id"] == {"type": "resolve", "resource": "issues", "field": "project_id"}
    assert "comments: {project_id} is the field project_id of issues" in found.assumed


def test_a_name_that_occurs_twice_in_a_path_is_distinguished(desk: Desk) -> None:
    found = desk.new(
        shop(
            listing("projects", "/projects"),
            listing("issues", "/projects/{id}/issues"),
            listing("comments", "/projects/{id}/issues/{id}/comments"),
        )
    )
    assert found.endpoint("comments")["path"] == (
        "/projects/{project_id}/issues/{issue_id}/comments"
    )
    assert set(found.endpoint("comments")["params"]) == {"project_id", "issue_id"}


def test_the_parents_key_is_the_field(desk: Desk) -> None:
    parent = '{"name": "orders", "primary_key": "uuid", "endpoint": {"path": "/orders"}}'
    found = desk.new(shop(parent, listing("lines", "/orders/{order_id}/lines")))
    assert found.endpoint("lines")["params"]["order_id"]["field"] == "uuid"


def test_of_a_parents_key_only_what_its_path_lacks_is_the_field(desk: Desk) -> None:
    versions = """{"name": "versions", "primary_key": ["project_id", "number"],
 "endpoint": {"path": "/projects/{project_id}/versions"}}"""
    files = listing("files", "/projects/{project_id}/versions/{version_id}/files")
    found = desk.new(shop(listing("projects", "/projects"), versions, files))
    params = found.endpoint("files")["params"]
    assert (params["version_id"]["resource"], params["version_id"]["field"]) == (
        "versions",
        "number",
    )


def test_a_field_that_the_parents_rows_lack_is_doubted(desk: Desk) -> None:
    schema = "\n# Schema\n\n- **orders**: `number` (integer), `name` (string)\n"
    lines = listing("lines", "/orders/{order_id}/lines")
    found = desk.new(shop(listing("orders", "/orders"), lines, prose=schema))
    doubt = "{order_id} is each id of orders, whose path comes before it, though the document"
    assert any(doubt in line for line in found.assumed)


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        (
            "/lines",
            '{"order": {"type": "resolve", "resource": "orders", "field": "id"}}',
            {"order": "{resources.orders.id}"},
        ),
        ("/lines", '{"order": "{resources.orders.id}"}', {"order": "{resources.orders.id}"}),
        (
            "/orders/{order_id}/lines",
            '{"q": "order:{order_id}", "n": 5}',
            {"q": "order:{resources.orders.id}", "n": 5},
        ),
        ("/lines", '{"team": "{team}"}', {"team": "{settings.team}"}),
        (
            "/lines",
            '{"from": "{{ stream_slice.start_time }}"}',
            {"from": "{incremental.start_value}"},
        ),
        (
            "/lines",
            '{"to": "{{ stream_interval[\'end_time\'] }}"}',
            {"to": "{incremental.end_value}"},
        ),
        ("/lines", '{"q": "{ users { id } }"}', {"q": "{{ users {{ id }} }}"}),
    ],
)
def test_placeholders_of_the_query_are_bound_too(
    desk: Desk, path: str, params: str, expected: dict[str, object]
) -> None:
    found = desk.new(
        shop(listing("orders", "/orders"), listing("lines", path, f', "params": {params}'))
    )
    written = found.endpoint("lines")["params"]
    assert {key: value for key, value in written.items() if key != "order_id"} == expected


def test_a_query_language_in_the_body_keeps_its_braces(desk: Desk) -> None:
    body = '{"query": "query { users(first: 5, team: \\"{{ config[\'t\'] }}\\") { id } }"}'
    found = desk.new(shop(listing("users", "/graphql", f', "method": "POST", "json": {body}')))
    assert found.endpoint("users")["json"] == {
        "query": 'query {{ users(first: 5, team: "{settings.t}") {{ id }} }}'
    }


@pytest.mark.parametrize("parent", ["nowhere", "lines"])
def test_a_parent_that_cannot_be_is_inferred_anew(desk: Desk, parent: str) -> None:
    params = (
        f', "params": {{"order_id": {{"type": "resolve", "resource": "{parent}", "field": "id"}}}}'
    )
    found = desk.new(
        shop(listing("orders", "/orders"), listing("lines", "/orders/{order_id}/lines", params))
    )
    assert found.endpoint("lines")["params"]["order_id"]["resource"] == "orders"
    assert any("params.order_id is left out" in line for line in found.assumed)


def test_parents_in_a_circle_are_broken_up(desk: Desk) -> None:
    def child(name: str, parent: str) -> str:
        binding = f'{{"type": "resolve", "resource": "{parent}", "field": "id"}}'
        return listing(name, f"/{name}/{{x}}", f', "params": {{"x": {binding}}}')

    found = desk.new(shop(child("a", "b"), child("b", "c"), child("c", "a"))).declaration
    assert [r.parent is None for r in found.resources.values()].count(True) == 1


def test_a_router_in_the_form_of_a_connector_is_a_parent(desk: Desk) -> None:
    router = (
        '[{"type": "SubstreamPartitionRouter", "parent_stream_configs": [{"stream": "orders", '
        '"parent_key": "uid", "partition_field": "order", "incremental_dependency": True}]}]'
    )
    child = listing("lines", "/orders/{{ stream_slice['order'] }}/lines")
    found = desk.new(
        shop(listing("orders", "/orders"), child[:-1] + f', "partition_router": {router}}}')
    )
    assert found.endpoint("lines")["params"] == {
        "order": {"type": "resolve", "resource": "orders", "field": "uid"}
    }
    assert found.resource("lines")["parents"] == "changed"


def test_values_of_a_list_stay_beside_the_parent(desk: Desk) -> None:
    router = '{"type": "list", "values": ["a", "b"], "cursor_field": "kind"}'
    child = listing("lines", "/orders/{order_id}/{{ stream_partition.kind }}")
    found = desk.new(
        shop(listing("orders", "/orders"), child[:-1] + f', "partition_router": {router}}}')
    )
    assert found.endpoint("lines") == {
        "path": "/orders/{order_id}/{kind}",
        "params": {
            "kind": {"type": "each", "values": ["a", "b"]},
            "order_id": {"type": "resolve", "resource": "orders", "field": "id"},
        },
    }


def test_what_was_inferred_is_said_in_the_file_and_in_the_report(desk: Desk) -> None:
    found = desk.new(
        shop(listing("orders", "/orders"), listing("lines", "/orders/{order_id}/lines"))
    )
    line = "order_id: {type: resolve, resource: orders, field: id}"
    assert f"{line}  # the document leaves the parent open\n" in found.text
    assert "lines: {order_id} is each id of orders, whose path comes before it" in found.assumed


@pytest.mark.parametrize(
    ("label", "is_open"),
    [
        ("- **Parent Resource**: orders (`id`)", False),
        ("- **Parent**: `orders`", False),
        ("- Parent resource: orders", False),
        ("- **Parent**: shops", True),
        ("- **Parents**: see the orders", True),
        ("- **Parent Resource**: orders\n- **Parent Resource**: users", True),
    ],
)
def test_a_parent_that_a_label_names_is_not_left_open(
    desk: Desk, label: str, is_open: bool
) -> None:
    resources = [listing("orders", "/orders"), listing("users", "/users")]
    resources.append(listing("lines", "/orders/{order_id}/lines"))
    found = desk.new(shop(*resources, prose=f"\n# Resources\n\n### Lines\n\n{label}\n"))
    assert ("# the document leaves the parent open" in found.text) is is_open


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("{resources.orders.id}", "{resources.users.id}"),
        ("{resources.users.id}", "{resources.nowhere.id}"),
        ("{resources.users.id}", "{resources.lines.id}"),
    ],
)
def test_a_second_parent_becomes_a_setting(desk: Desk, first: str, second: str) -> None:
    path = f"/x/{first}/y/{second}/lines"
    found = desk.new(
        shop(listing("orders", "/orders"), listing("users", "/users"), listing("lines", path))
    )
    resource, field = second[1:-1].split(".")[1:]
    setting = f"{{settings.resources_{resource}_{field}}}"
    assert found.endpoint("lines")["path"] == f"/x/{first}/y/{setting}/lines"
    assert f"lines: {second} cannot be a parent, so it is a setting" in found.assumed


def test_a_snapshot_sends_no_window(desk: Desk) -> None:
    params = ', "params": {"from": "{{ stream_slice.start_time }}", "n": 1}'
    found = desk.new(shop(listing("orders", "/orders", params), defaults='"version": 1'))
    assert found.endpoint("orders")["params"] == {"n": 1}


def resolve(parent: str, field: str = "id") -> dict[str, str]:
    return {"type": "resolve", "resource": parent, "field": field}


def write_params(**parents: str) -> str:
    params = ", ".join(f'"{name}": {json.dumps(resolve(p))}' for name, p in parents.items())
    return f', "params": {{{params}}}'


@pytest.mark.parametrize(
    "named",
    [
        pytest.param({"account_id": "accounts", "inbox_id": "inboxes"}, id="beside the parent"),
        pytest.param({"account_id": "accounts"}, id="without the parent"),
    ],
)
def test_a_named_ancestor_is_read_from_the_row_of_the_parent(
    desk: Desk, named: dict[str, str]
) -> None:
    path = "/accounts/{account_id}/inboxes"
    found = desk.new(
        shop(
            listing("messages", f"{path}/{{inbox_id}}/messages", write_params(**named)),
            listing("inboxes", path, write_params(account_id="accounts")),
            listing("accounts", "/accounts"),
        )
    )
    assert found.resource("inboxes")["include_from_parent"] == ["id"]
    expected = {"account_id": resolve("inboxes", "_accounts_id"), "inbox_id": resolve("inboxes")}
    assert found.endpoint("messages")["params"] == expected
    assert [p.resource for p in found.declaration.resources["messages"].parents] == ["inboxes"]


def test_two_parents_of_which_none_is_above_the_other_are_combined(desk: Desk) -> None:
    path = "/users/{user_id}/tags/{tag_id}/notes"
    found = desk.new(
        shop(
            listing("users", "/users"),
            listing("tags", "/tags"),
            listing("notes", path, write_params(user_id="users", tag_id="tags")),
        )
    )
    expected = {"user_id": resolve("users"), "tag_id": resolve("tags")}
    assert found.endpoint("notes")["params"] == expected
    reason = "notes: it is requested for each combination of users and tags"
    assert reason in found.assumed
    assert {p.resource for p in found.declaration.resources["notes"].parents} == {"users", "tags"}


FILLED = {
    "`user_key` is the `slug` of the user": "slug",
    "`{user_key}` is replaced with the `slug` of each user": "slug",
    "`user_key` is the field of the same name of `users`": "user_key",
    "The `slug` of each user is used as `user_key`": "slug",
    "`user_key` is not the `slug` of the user": "id",
    "`user_key` is the `slug` of the user\n\n# Schema\n\n- users: `id`, `key`": "key",
}


@pytest.mark.parametrize(("sentence", "field"), FILLED.items())
def test_the_prose_says_which_field_of_the_parent_is_sent(
    desk: Desk, sentence: str, field: str
) -> None:
    listings = [listing("users", "/users"), listing("notes", "/users/{user_key}/notes")]
    found = desk.new(shop(*listings, prose=f"\n# Resources\n\n{sentence}.\n"))
    assert found.endpoint("notes")["params"] == {"user_key": resolve("users", field)}


def test_the_prose_says_that_a_placeholder_is_a_setting(desk: Desk) -> None:
    listings = [listing("users", "/users"), listing("notes", "/users/{user_id}/notes")]
    prose = "\n`user_id` is a configuration value, not a value of the users.\n"
    found = desk.new(shop(*listings, prose=prose))
    assert found.endpoint("notes")["path"] == "/users/{settings.user_id}/notes"
    assert "notes: {user_id} is a setting: the prose says so" in found.assumed


GIVEN = [
    "The `organization` and `project` are configured by the user.",
    "The `organization` and `project` are set in the settings.",
    "`organization` and `project` come from the configuration.",
    "`organization` (a slug) and `project` (slug) are configuration values.",
    "`organization` (e.g. `acme`) and `project` (e.g. `My Shop`) come from the configuration.",
    "`organization`, `project` are connection parameters.",
    "`organization` and `project` must be provided.",
    "The organization (`organization`) and the `project` are supplied by the user.",
    "The `{organization}` and `{project}` placeholders are taken from the connection settings.",
    "`organization` is a required setting. `project` is specified by the user.",
    "`organization` and `project` are user-provided.",
    "`organization` and `project` are part of the connector configuration.",
    "The user provides the `organization` and the `project`.",
    "- **Connection Parameters**: `organization`, `project`",
    "### Events\n\nThe `organization` and `project` are configured by the user.",
]
NOT_GIVEN = " ".join(
    f"The `organization` and `project` {said}."
    for said in (
        "must be provided in each request",
        "are provided by the API",
        "are set by the server",
        "are not configured by the user",
        "were configured by the user",
        "may be set in the settings",
        "are configured in the console of the API",
        "are given with each event",
        "are fields of the settings page",
    )
)


@pytest.mark.parametrize("prose", [*GIVEN, NOT_GIVEN])
def test_what_the_user_gives_is_a_setting_in_every_request(desk: Desk, prose: str) -> None:
    """The one of which nothing is said is a setting too: no resource lists it for `releases`."""
    body = ', "method": "POST", "json": {"of": "{project}"}'
    listings = [
        listing("projects", "/projects"),
        listing("events", "/projects/{organization}/{project}/events", body),
        listing("releases", "/organizations/{organization}/releases"),
    ]
    found = desk.new(shop(*listings, prose=f"\n# Resources\n\n{prose}\n"))
    project = "{project}" if prose == NOT_GIVEN else "{settings.project}"
    path = f"/projects/{{settings.organization}}/{project}/events"
    assert found.endpoint("events")["path"] == path
    assert found.endpoint("releases")["path"] == "/organizations/{settings.organization}/releases"
    if prose == NOT_GIVEN:
        assert found.endpoint("events")["params"] == {"project": resolve("projects")}
        assert "events: {organization} is a setting: as for releases" in found.assumed
    else:
        assert found.endpoint("events")["json"] == {"of": "{{ config['project'] }}"}


def test_a_setting_that_is_a_field_of_a_parent_elsewhere_is_reported(desk: Desk) -> None:
    listings = [
        listing("shops", "/shops"),
        listing("items", "/shops/{key}/items"),
        listing("stats", "/stats/{key}"),
    ]
    found = desk.new(shop(*listings))
    assert found.endpoint("stats")["path"] == "/stats/{settings.key}"
    reason = "items: {key} is the id of shops, but a setting for stats: declare one"
    assert f"{reason}, if they are the same" in found.assumed


def test_a_parent_above_another_that_has_several_is_reported(desk: Desk) -> None:
    below = "/xs/{x}/accounts/{a}/ps"
    found = desk.new(
        shop(
            listing("xs", "/xs"),
            listing("accounts", "/accounts"),
            listing("ps", below, write_params(x="xs", a="accounts")),
            listing("cs", "/accounts/{a}/ps/{p}/cs", write_params(a="accounts", p="ps")),
        )
    )
    assert found.endpoint("cs")["params"]["p"] == resolve("ps")
    assert any(line.startswith("cs: params.a is left out") for line in found.assumed)


def test_many_levels_of_two_parents_take_no_time(desk: Desk) -> None:
    names = [("a0", "b0"), *((f"a{n}", f"b{n}") for n in range(1, 30))]
    listings = [listing(name, f"/{name}") for name in names[0]]
    for above, level in itertools.pairwise(names):
        params = write_params(x=above[0], y=above[1])
        listings += [listing(name, f"/{name}/{{x}}/{{y}}", params) for name in level]
    began = time.monotonic()
    desk.new(shop(*listings))
    assert time.monotonic() - began < 10


def test_a_parent_that_only_a_body_or_the_query_reads_is_reported(desk: Desk) -> None:
    """The document names no parent: the likeliest one is an assumption, as in a path."""
    sent = '"method": "POST", "json": {"of": "{{ stream_partition[\'order_id\'] }}"}'
    lines = f'{{"name": "lines", "endpoint": {{"path": "/lines", {sent}}}}}'
    notes = '{"name": "notes", "endpoint": {"path": "/n", "params": {"of": "{order_id}"}}}'
    found = desk.new(shop(listing("orders", "/orders"), lines, notes))
    assert found.endpoint("lines")["json"] == {"of": "{resources.orders.id}"}
    assert "lines, notes: {order_id} is each id of orders, whose name fits" in found.assumed
