"""What several resources have in common is written once, where that makes the text shorter."""

from typing import Any

import pytest

from analytics_ingest.convert.manifest.sharing import share_keys, share_primary_key

LONG = {"type": "cursor", "cursor_path": "next", "cursor_param": "after", "limit": 5}
SHORT = {"type": "single_page"}


@pytest.mark.parametrize(
    ("values", "shared"),
    [
        ([SHORT, SHORT, LONG], {"a": SHORT}),
        ([SHORT, SHORT, SHORT, LONG, LONG], {"a": LONG}),
        ([SHORT, LONG], {}),
        ([SHORT, SHORT, None], {}),
        ([[1], [1], [1], None], {}),
        (["id", "id", "key", "key", "key"], {"a": "key"}),
    ],
)
def test_the_value_that_takes_the_most_lines_is_shared(
    values: list[Any], shared: dict[str, Any]
) -> None:
    blocks = [{} if value is None else {"a": value} for value in values]
    assert share_keys(blocks, ["a"]) == shared
    effective = [{**shared, **block}.get("a") for block in blocks]
    assert effective == values


@pytest.mark.parametrize(
    ("keys", "shared"),
    [
        (["id", "id", "id", None], "id"),
        (["id", "id", None], "id"),
        (["id", "id", None, None], None),
        (["id", "key"], None),
        ([None, None], None),
        (["id", "id", "key", "key", "key"], "key"),
    ],
    ids=str,
)
def test_a_key_of_most_resources_is_shared_and_the_others_say_theirs(
    keys: list[Any], shared: str | None
) -> None:
    resources = [{} if key is None else {"primary_key": key} for key in keys]
    defaults = share_primary_key(resources)
    assert defaults == ({"primary_key": shared} if shared else {})
    effective = [{**defaults, **resource}.get("primary_key") or None for resource in resources]
    assert effective == keys


@pytest.mark.parametrize(
    ("values", "shared"), [(["x", "x", "x", None], "x"), (["x", "x", None, None], None)], ids=str
)
def test_a_key_of_most_blocks_is_shared_if_the_others_can_say_that_they_have_none(
    values: list[Any], shared: str | None
) -> None:
    blocks = [{} if value is None else {"response_actions": value} for value in values]
    defaults = share_keys(blocks, ["response_actions"])
    assert defaults.get("response_actions") == shared
    effective = [{**defaults, **block}.get("response_actions") or None for block in blocks]
    assert effective == values
