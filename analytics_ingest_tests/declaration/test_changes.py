"""A second listing is resolved like the first one, and refused where it could not be trusted."""

import pytest

from analytics_ingest_tests.declaration.declaring import declare, mistake, parsing_error

A = "resources: [{{name: a, {}}}]"
EVENTS = "changes: {kept_for: 30d, endpoint: events}"

MISTAKES = {
    f"{EVENTS}, selected: false": "changes: has no effect, because the resource has no table",
    f"{EVENTS}, endpoint: {{incremental: null}}": "changes: needs a cursor",
    f"{EVENTS}, primary_key: null, write_disposition: merge, endpoint: {{incremental: {{}}}}": (
        "changes: needs a primary_key and merge"
    ),
    f"{EVENTS}, merge_key: day": "cannot be combined with merge_key",
    f"{EVENTS}, deletes: {{}}": "cannot be combined with deletes",
    f"{EVENTS}, columns: {{n: {{dedup_sort: asc}}}}": "combined with columns.n.dedup_sort",
    f"{EVENTS}, columns: {{n: {{hard_delete: true}}}}": "combined with columns.n.hard_delete",
    f"{EVENTS}, fields: {{_as_of: string}}": "needs the column _as_of",
    "changes: {kept_for: 30d, endpoint: {path: e, incremental: {cursor_path: at}}}": (
        "changes.endpoint.incremental.cursor_path: is a key of the cursor"
    ),
    "changes: {kept_for: 30d, endpoint: {path: e, incremental: {max_window: 2d}}}": (
        "changes.endpoint.incremental.max_window: "
    ),
    "changes: {kept_for: 30d, endpoint: {path: 'e/{of}'}}": "changes.endpoint.path: ",
    "changes: {kept_for: 30d, endpoint: {path: e, json: {}, data: x}}": "changes.endpoint.data: ",
}
OF_BOTH = {
    f"{{name: a, {EVENTS}}}, {{name: b, endpoint: 'a/{{resources.a.id}}'}}": (
        "shop.b: endpoint.params: the parent a has changes"
    ),
    "{name: a, changes: {kept_for: 30d, endpoint: 'e/{resources.b.id}'}}, b": (
        "shop.a: changes.endpoint: holds a field of b"
    ),
    f"b, {{name: a, endpoint: 'b/{{resources.b.id}}', include_from_parent: [n], {EVENTS}}}": (
        "cannot be combined with include_from_parent"
    ),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_resource_that_cannot_be_read_from_two_listings_is_refused(text: str) -> None:
    message = mistake(A.format(text))
    assert message.startswith("shop.a: changes")
    assert MISTAKES[text] in message


@pytest.mark.parametrize("text", OF_BOTH)
def test_changes_have_no_parents_and_no_children(text: str) -> None:
    assert OF_BOTH[text] in mistake(f"resources: [{text}]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{endpoint: e}", "changes.kept_for: is missing; write e.g. 30d"),
        ("{kept_for: 30d}", "changes.endpoint.path: is missing; name the listing"),
    ],
)
def test_how_long_changes_are_kept_and_where_they_are_must_be_declared(
    text: str, expected: str
) -> None:
    assert expected in mistake(A.format(f"changes: {text}"))


def test_changes_that_are_kept_for_no_time_are_refused() -> None:
    error = parsing_error(A.format("changes: {kept_for: 0s, endpoint: e}"))
    assert "'0s' keeps no change" in str(error)


def test_resources_share_what_their_changes_have_in_common() -> None:
    text = """
    resource_defaults:
      primary_key: id
      changes:
        kept_for: 30d
        processing_steps: [{remove: [type]}]
        endpoint: {path: events, params: {limit: 5}, incremental: {start_param: since}}
    resources:
      - {name: a, changes: {endpoint: {params: {type: a}}}}
      - {name: b, changes: {kept_for: 7d, endpoint: other}}
      - {name: c, endpoint: c}
    """
    a, b, c = (declare(text).resources[name] for name in "abc")
    assert a.changes
    assert b.changes
    assert (a.changes.path, b.changes.path, c.changes) == ("events", "other", None)
    assert a.changes.endpoint.params == {"limit": 5, "type": "a"}
    assert a.changes.sent_names == ["since"]
    assert len(a.changes.declared.processing_steps) == 1
    kept = [r.declared.changes and r.declared.changes.kept_for.days for r in (a, b)]
    assert kept == [30, 7]


def test_a_listing_of_changes_shares_the_cursor_and_the_defaults_of_the_resource() -> None:
    text = """
    resource_defaults:
      primary_key: id
      endpoint: {headers: {X-Version: "1"}, paginator: offset}
    resources:
      - name: a
        endpoint:
          incremental: {cursor_path: at, cursor_format: epoch_s, start_param: since, lookback: 1d}
        changes:
          kept_for: 2w
          endpoint: {path: events, incremental: {start_param: from, param_format: epoch_ms}}
    """
    changes = declare(text).resources["a"].changes
    assert changes
    incremental = changes.incremental
    assert incremental
    assert incremental.dump_declared() == {
        "cursor_path": "at",
        "cursor_format": "epoch_s",
        "lookback": "1d",
        "start_param": "from",
        "param_format": "epoch_ms",
    }
    assert changes.endpoint.headers == {"X-Version": "1"}
    assert changes.endpoint.paginator
    assert changes.endpoint.paginator.type == "offset"


def test_airbytes_keys_are_translated_in_it() -> None:
    text = "changes: {kept_for: 30d, endpoint: {path: 'e/{{ config.x }}', http_method: POST}}"
    changes = declare(A.format(text)).resources["a"].changes
    assert changes
    assert (changes.path, changes.endpoint.method) == ("e/{settings.x}", "POST")


def test_a_mask_holds_for_what_the_steps_of_changes_copy() -> None:
    text = """
    resources:
      - name: a
        mask: {email: hash}
        changes:
          kept_for: 30d
          endpoint: events
          processing_steps: [{add: {contact: "{{ record.email }}"}}]
    """
    assert "is not masked" in mistake(text)


def test_changes_that_no_window_would_be_read_from_are_refused() -> None:
    keys = f"{EVENTS}, endpoint: {{incremental: {{lookback: 27d}}}}"
    assert "is not longer than lookback and end_margin" in mistake(A.format(keys))
