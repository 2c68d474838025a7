"""Where an absent row does not mean a deleted one, `deletes` is refused with what to do."""

import pytest

from analytics_ingest_tests.declaration.declaring import mistake, parsing_error, resource

A = "resources: [{{name: a, {}}}]"
SENT = "start_param: since, end_param: until"
LISTED = "deletes: {from: b, key: of}"

MISTAKES = {
    "deletes: {}, primary_key: null": "needs merge: each load replaces this table",
    "deletes: {}, write_disposition: replace, endpoint: {incremental: null}": "needs merge",
    "deletes: {}, merge_key: day": "cannot be combined with merge_key",
    "deletes: {remove: true}, max_table_nesting: 1": "remove would leave rows in nested tables",
    "deletes: {mark: gone}, fields: {Gone: string}": "mark 'gone' is not a free name",
    "deletes: {mark: Gone}": "mark 'Gone' is not a free name in snake_case",
    "deletes: {}, processing_steps: [{filter: '{{ record.x }}'}]": "combined with a filter",
    "deletes: {}, endpoint: {partial: allow}": "cannot be combined with partial",
    "deletes: {}, endpoint: {params: {k: {type: each, values: [b]}}}": "needs column in each param",
    f"deletes: {{}}, endpoint: {{incremental: {{{SENT}}}}}": "needs every: requests hold",
    f"deletes: {{every: 1d}}, endpoint: {{incremental: {{{SENT}, max_window: 1d}}}}": (
        "cannot be combined with max_window"
    ),
    f"deletes: {{every: 1d}}, endpoint: {{incremental: {{{SENT}, end_margin: 1m}}}}": (
        "cannot be combined with end_margin"
    ),
    "deletes: {every: 1d}, endpoint: {incremental: null}": (
        "every: has no effect, because each load of a snapshot reads it in full"
    ),
    LISTED: "from: 'b' is not another loaded resource; there are: none",
}
OF_BOTH = {
    f"{{name: a, {LISTED}}}, {{name: b, endpoint: {{incremental: null}}}}": "needs a cursor in b",
    f"{{name: a, {LISTED}, endpoint: {{incremental: null}}}}, b": "needs a cursor in a",
    f"{{name: a, {LISTED}, primary_key: [id, n]}}, b": "key: needs a primary_key of one field",
    f"{{name: a, {LISTED}}}, {{name: b, selected: false}}, c": "there are: c",
    f"{{name: a, {LISTED}, mask: {{id: hash}}}}, b": "'of' of b and 'id' have different masks",
    f"{{name: a, {LISTED}}}, {{name: b, mask: {{of: last4}}}}": "have different masks",
}
PARSED = {
    "{mark: gone, remove: true}": "mark and remove exclude each other",
    "{from: b}": "from and key belong together",
    "{from: b, key: id, every: 1d}": "every has no effect with from",
    "{max_share: 0}": "greater than 0",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_resource_that_cannot_have_it_is_refused(text: str) -> None:
    message = mistake(A.format(text))
    assert message.startswith("shop.a: deletes")
    assert MISTAKES[text] in message


@pytest.mark.parametrize("text", OF_BOTH)
def test_a_listing_of_deletions_that_cannot_be_compared_is_refused(text: str) -> None:
    assert OF_BOTH[text] in mistake(f"resources: [{text}]")


@pytest.mark.parametrize("text", PARSED)
def test_keys_that_exclude_each_other_are_refused(text: str) -> None:
    assert PARSED[text] in str(parsing_error(f"resources: [{{name: a, deletes: {text}}}]"))


def test_a_listing_of_deletions_with_the_same_mask_is_allowed() -> None:
    both = f"{{name: a, {LISTED}, mask: {{id: hash}}}}, {{name: b, mask: {{of: hash}}}}"
    assert resource(f"{{resources: [{both}]}}").masks


def test_null_opts_out_of_the_default() -> None:
    text = (
        "resource_defaults: {deletes: {}, primary_key: id}, resources: [{name: a, deletes: null}]"
    )
    assert resource(f"{{{text}}}").declared.deletes is None
