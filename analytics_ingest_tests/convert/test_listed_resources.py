"""Resources that a document lists and does not configure are added, or named."""

import pytest

from analytics_ingest_tests.convert.writing import CLIENT, Desk, shop, source

USERS = '{"name": "users", "endpoint": {"path": "/v1/users", "data_selector": "users"}}'
TAGS = '{"name": "tags", "endpoint": {"path": "/v1/tags", "data_selector": "tags"}}'
LINES = '{"name": "lines", "endpoint": {"path": "/v1/users/{user_id}/lines"}}'
PATTERN = "# Additional resources can be added here following the same pattern"
TABLE = "| Resource | Path |\n|---|---|\n| users | `/v1/users` |\n| teams | `/v1/teams` |\n"
LIST = "- `users`: GET `/v1/users`\n- `teams`: GET `/v1/teams`\n"
LABELS = (
    "### Users\n\n- **Endpoint Path**: `/v1/users`\n\n"
    "### Teams\n\n- **Endpoint Path**: `/v1/teams`\n"
)
NESTED = "- **users**\n  - Path: `GET /v1/users`\n- **teams**\n  - Path: `GET /v1/teams`\n"
NOT_LOADED = "teams (/v1/teams) is not loaded: the document lists it and does not configure it"


@pytest.mark.parametrize("prose", [TABLE, LIST, LABELS, NESTED])
def test_a_listed_resource_follows_the_pattern_of_the_configured(desk: Desk, prose: str) -> None:
    written = desk.new(shop(USERS, f"{TAGS}\n{PATTERN}\n", prose=f"# Resources\n\n{prose}"))
    assert written.endpoint("teams") == {"path": "/v1/teams", "data_selector": "teams"}
    reason = "teams: configured like the other resources: the document lists its path and says so"
    assert reason in written.assumed


@pytest.mark.parametrize("prose", [TABLE, LIST, LABELS, NESTED])
def test_a_listed_resource_without_a_pattern_is_named(desk: Desk, prose: str) -> None:
    written = desk.new(shop(USERS, TAGS, prose=f"# Resources\n\n{prose}"))
    assert [r["name"] for r in written.attributes["resources"]] == ["users", "tags"]
    assert any(line.startswith(NOT_LOADED) for line in written.assumed)


COMMENTS = [
    '# teams: same as users, path /v1/teams, selector "teams"',
    "// teams (/v1/teams) and groups (/v1/groups) are configured in the same way as users",
    "# teams: /v1/teams, analogous to `users`",
]


@pytest.mark.parametrize("comment", COMMENTS)
def test_a_comment_that_compares_a_resource_configures_it(desk: Desk, comment: str) -> None:
    written = desk.new(shop(f"{USERS},\n{comment}\n{TAGS}"))
    assert written.endpoint("teams") == {"path": "/v1/teams", "data_selector": "teams"}
    assert ("groups" in written.text) == ("groups" in comment)


PAGES = '"paginator": {"type": "offset", "limit": 10}'
FOLLOWING = [
    "# teams and groups follow the same pattern",
    "# teams, groups are configured in the same way",
    "// teams and groups\n// are in the same way",
]


@pytest.mark.parametrize("comment", FOLLOWING)
def test_names_that_follow_the_pattern_get_its_path(desk: Desk, comment: str) -> None:
    written = desk.new(shop(USERS, f"{TAGS}\n{comment}\n"))
    assert written.endpoint("teams") == {"path": "/v1/teams", "data_selector": "teams"}
    assert written.endpoint("groups") == {"path": "/v1/groups", "data_selector": "groups"}


def test_names_with_other_pages_are_named(desk: Desk) -> None:
    paged = TAGS.replace('"tags"}}', f'"tags", {PAGES}}}}}')
    written = desk.new(shop(USERS, f"{paged}\n# teams and groups follow the same pattern\n"))
    assert any(line.startswith(NOT_LOADED) for line in written.assumed)


def test_names_without_a_common_path_are_named(desk: Desk) -> None:
    unlike = TAGS.replace("/v1/tags", "/tag-list")
    written = desk.new(shop(USERS, f"{unlike}\n# teams and groups follow the same pattern\n"))
    reason = "teams, groups are not loaded: the document gives them no path; add them to resources"
    assert reason in written.assumed


def test_names_that_are_like_one_resource_get_its_path(desk: Desk) -> None:
    comment = '# teams and groups follow the same pattern as "users"'
    written = desk.new(shop(USERS, f"{TAGS.replace('/v1/tags', '/tag-list')}\n{comment}\n"))
    assert written.endpoint("groups") == {"path": "/v1/groups", "data_selector": "groups"}


@pytest.mark.parametrize(
    "comment",
    [
        "# all requests follow the same pattern",
        "# teams do not follow the same pattern",
        "# teams and other resources follow the same pattern",
        "# dates have the same form",
    ],
)
def test_a_comment_on_something_else_adds_no_resource(desk: Desk, comment: str) -> None:
    written = desk.new(shop(USERS, f"{TAGS}\n{comment}\n"))
    assert [r["name"] for r in written.attributes["resources"]] == ["users", "tags"]


def test_several_lines_of_a_comment_are_one(desk: Desk) -> None:
    comment = "# teams (/v1/teams) and groups (/v1/groups)\n# are defined in the same way as users"
    written = desk.new(shop(f"{USERS},\n{comment}\n{TAGS}"))
    assert written.endpoint("groups") == {"path": "/v1/groups", "data_selector": "groups"}


def test_only_what_all_resources_share_is_the_pattern(desk: Desk) -> None:
    own = '"incremental": {"cursor_path": "at"}, "paginator": {"type": "single_page"}'
    others = [USERS.replace('"users"}}', f'"users", {own}}}}}'), f"{TAGS}\n{PATTERN}\n"]
    written = desk.new(shop(*others, prose=f"# Resources\n\n{TABLE}"))
    expected = {"path": "/v1/teams", "data_selector": "teams", "incremental": None}
    assert written.endpoint("teams") == expected


UNCLEAR = [
    (LIST.replace("GET `/v1/teams`", "POST `/v1/teams`"), [USERS, TAGS]),
    (LIST, [USERS, TAGS.replace('"tags"}}', '"data.items"}}')]),
    (LIST, [USERS.replace("}}", ', "json": {"query": "users"}}}')]),
    (LIST.replace("/v1/teams", "/v1/users/{user_id}/teams"), [USERS, TAGS]),
]


@pytest.mark.parametrize(("prose", "configured"), UNCLEAR)
def test_a_listed_resource_that_the_pattern_does_not_tell_is_named(
    desk: Desk, prose: str, configured: list[str]
) -> None:
    *others, last = configured
    written = desk.new(shop(*others, f"{last}\n{PATTERN}\n", prose=f"# Resources\n\n{prose}"))
    assert "teams" not in written.text
    assert any("is not loaded: the document lists it" in line for line in written.assumed)


def test_a_listed_child_is_requested_for_each_row_of_its_parent(desk: Desk) -> None:
    paths = {"lines": "/v1/users/{user_id}/lines", "orders": "/v1/users/{user_id}/orders"}
    prose = "".join(f"- `{name}`: `{path}`\n" for name, path in paths.items())
    written = desk.new(shop(USERS, f"{LINES}\n{PATTERN}\n", prose=prose))
    expected = {"user_id": {"type": "resolve", "resource": "users", "field": "id"}}
    assert written.endpoint("orders")["params"] == expected


OTHER_LISTS = [
    "- `teams`: GET `/v1/teams`\n- `groups`: GET `/v1/groups`\n",
    "- `users`: GET `/v1/users`\n- `people`: GET `/v1/users`\n",
    "- `users`: GET `/v1/users`\n- `Accept`: `application/json`\n",
    "- `users`: GET `/v1/users`\n- `old`: GET `/v0/users` is not used any more\n",
    "## Legacy resources\n\n- `users`: GET `/v1/users`\n- `tags`: GET `/v0/tags`\n",
]


NO_PATTERN = [
    "Note that webhooks do not follow the same pattern.",
    "Webhooks are signed in the same way as in Stripe.",
    "Resources might follow the same pattern one day.",
]


@pytest.mark.parametrize("sentence", NO_PATTERN)
def test_a_sentence_that_states_no_pattern_adds_nothing(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(USERS, TAGS, prose=f"# Resources\n\n{sentence}\n\n{TABLE}"))
    assert "teams" not in written.text
    assert any(line.startswith(NOT_LOADED) for line in written.assumed)


OTHER_COMMENTS = [
    "# teams: same as users but do not load, path /v1/teams",
    "# teams (/v1/teams) has paging, such as users",
    "# teams (/v1/teams) is as large as users",
    "# " + "users like a-" * 20_000,
]


@pytest.mark.parametrize("comment", OTHER_COMMENTS)
def test_another_comment_configures_nothing(desk: Desk, comment: str) -> None:
    written = desk.new(shop(f"{USERS},\n{comment}\n{TAGS}"))
    assert [r["name"] for r in written.attributes["resources"]] == ["users", "tags"]


OTHER_METHODS = [
    "- `users`: GET `/v1/users`\n- `teams`: DELETE `/v1/teams`\n",
    "| Resource | Method | Path |\n|---|---|---|\n| users | GET | `/v1/users` |\n"
    "| teams | POST | `/v1/teams` |\n",
    f"{TABLE}| old (deprecated) | `/v0/old` |\n".replace("| teams | `/v1/teams` |\n", ""),
]


@pytest.mark.parametrize("prose", OTHER_METHODS)
def test_a_request_that_does_not_list_is_not_added(desk: Desk, prose: str) -> None:
    written = desk.new(shop(USERS, f"{TAGS}\n{PATTERN}\n", prose=f"# Resources\n\n{prose}"))
    assert [r["name"] for r in written.attributes["resources"]] == ["users", "tags"]


def test_a_single_resource_is_not_a_pattern_of_filters(desk: Desk) -> None:
    one = USERS.replace(
        '"endpoint"', '"processing_steps": [{"filter": "{{ record.paid }}"}], "endpoint"'
    ).replace('"data_selector"', '"params": {"status": "open"}, "data_selector"')
    written = desk.new(shop(f"{one}\n{PATTERN}\n", prose=f"# Resources\n\n{TABLE}"))
    assert written.endpoint("teams") == {"path": "/v1/teams", "data_selector": "teams"}
    assert "processing_steps" not in written.resource("teams")


@pytest.mark.parametrize("prose", OTHER_LISTS)
def test_other_lists_add_nothing(desk: Desk, prose: str) -> None:
    document = source(CLIENT, f'"resources": [{USERS}\n{PATTERN}\n]')
    plain = desk.new(document, api="plain").attributes
    written = desk.new(f"{document}\n# Resources\n\n{prose}")
    assert written.attributes == plain
    assert "is not loaded" not in written.report


def test_an_item_that_denies_a_parameter_is_named(desk: Desk) -> None:
    prose = "- `users`: `GET /v1/users`\n- `teams`: `GET /v1/teams`, paged but without a filter.\n"
    written = desk.new(shop(USERS, TAGS, prose=f"# Resources\n\n{prose}"))
    assert any(line.startswith("teams (/v1/teams) is not loaded") for line in written.assumed)


@pytest.mark.parametrize("heading", ["Resources (formerly streams)", "Streams, old and new"])
def test_a_heading_that_mentions_the_past_omits_no_resource(desk: Desk, heading: str) -> None:
    document = source(CLIENT, f'"resources": [{USERS},\n{TAGS}\n]')
    written = desk.new(f"{document}\n# Notes\n\n## {heading}\n\n{TABLE}")
    assert any(line.startswith(NOT_LOADED) for line in written.assumed)


def test_the_word_old_in_the_title_omits_no_resource(desk: Desk) -> None:
    document = source(CLIENT, f'"resources": [{USERS},\n{TAGS}\n]')
    written = desk.new(f"# Legacy CRM\n\n{document}\n## Resources\n\n{TABLE}")
    assert any(line.startswith(NOT_LOADED) for line in written.assumed)


def test_resources_that_have_only_a_name_are_named(desk: Desk) -> None:
    prose = "Further resources of the API (quotes, `tasks`) follow the same pattern.\n"
    written = desk.new(shop(USERS, prose=prose))
    reason = "quotes, tasks are not loaded: the document gives them no path; add them to resources"
    assert reason in written.assumed
