"""Masked fields: no table, file, log line or message holds a value as the API sent it."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError, SettingError, WarehouseError
from analytics_ingest.common.large_json import LARGE
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import declare, failure, load, read, resource, table
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.previews import run_try, write_declaration
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi
from analytics_ingest_tests.support.warehouses import execute

KEY = "a key of the tests"
CLEAR = "clear-"
"""Part of every value that is masked here."""


@pytest.fixture(autouse=True)
def mask_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__MASK_KEY", KEY)


def hashed(text: str) -> str:
    return hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def masked(mask: dict[str, Any], **own: Any) -> dict[str, Any]:
    return {"mask": mask, **own}


USERS = [
    {
        "id": n,
        "updated_at": "2026-01-05T10:00:00Z",
        "eMail": f"{CLEAR}{n}@x.org",
        "EMAIL": f"{CLEAR}also",
        "phone": f"{CLEAR}{n}",
        "name": f"{CLEAR}name",
        "card": "4111-1111-clear-1234",
        "pin": 1234567,
        "address": {"Street": f"{CLEAR}street", "city": "Ulm", "zips": [f"{CLEAR}zip", None]},
        "contacts": [{"email": f"{CLEAR}1@y.org", "kind": "a"}, {"email": None}, f"{CLEAR}odd"],
        "contacts.email": f"{CLEAR}dotted",
        "emails": [f"{CLEAR}1@x.org", [f"{CLEAR}2@x.org"]],
        "profile": {f"{CLEAR}key": 1},
        "extra": f"{CLEAR}extra",
    }
    for n in (1, 2)
]
MASK = {
    "email": "hash",
    "phone": "redact",
    "name": None,
    "card": "last4",
    "pin": "last4",
    "address.street": "redact",
    "address.zips[*]": "hash",
    "contacts[*].email": "hash",
    "emails": "hash",
    "profile": "redact",
    "extra": "redact",
}


def serve(api: ScriptedApi) -> None:
    bad = {"eMail": f"{CLEAR}3@x.org", "phone": f"{CLEAR}3", "id": None}
    api.always("/users", {"data": [*USERS, bad, f"{CLEAR}text", [f"{CLEAR}list"]]})
    for n in (1, 2):
        orders = {"data": [row(n, _users_eMail=f"{CLEAR}own", total=n)]}
        api.always(f"/users/{CLEAR}{n}%40x.org/orders", orders)


RESOURCES = (
    resource(
        "users", own=masked(MASK, fields={"id": "integer", "pin": "string"}, max_new_columns=9)
    ),
    resource(
        "orders",
        path="/users/{resources.users.eMail}/orders",
        own={"include_from_parent": ["eMail", "address"]},
    ),
)


def test_no_table_file_or_log_line_holds_a_masked_value(
    api: ScriptedApi, project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    serve(api)
    lines: list[str] = []
    stats = load(declare(*RESOURCES), log=lines.append)
    assert (stats["users"].rows_loaded, stats["users"].rows_rejected) == (2, 3)
    assert table("users", "e_mail", "phone", "card", "pin") == [
        (hashed(f"{CLEAR}{n}@x.org"), "***", "***1234", "***") for n in (1, 2)
    ]
    ((address, others),) = {*table("users", "address", "_other_fields")}
    zips = [hashed(f"{CLEAR}zip"), None]
    assert json.loads(address) == {"Street": "***", "city": "Ulm", "zips": zips}
    assert json.loads(others)["profile"] == "***"
    # The request needs the clear value, and a child's copy is what the parent's column is.
    assert table("orders", "_users_e_mail") == table("users", "e_mail")
    (rejected, *_) = table("users__rejected", "row", order_by="length(row) desc")
    assert json.loads(rejected) == {"eMail": hashed(f"{CLEAR}3@x.org"), "id": None, "phone": "***"}
    files = [path for path in project.rglob("*") if path.is_file()]
    assert [path for path in files if CLEAR.encode() in path.read_bytes()] == []
    assert CLEAR not in f"{lines}{caplog.text}"
    assert stats["users"].warnings == []


def test_a_preview_shows_masked_values_and_their_types(api: ScriptedApi) -> None:
    serve(api)
    api.always("/others", {"data": [row(1, mail=f"{CLEAR}1")]})
    write_declaration(*RESOURCES, resource("others", own=masked({"email": "hash"})))
    run = run_try()
    assert "others: mask: no row has email; correct the name" in run.wrong
    assert CLEAR not in run.text
    assert "pin string" in run.words


def test_equal_values_have_equal_hashes_whatever_their_type_and_place(api: ScriptedApi) -> None:
    api.always("/numbers", {"data": [row(42, ref=42.0, tags=[42]), row(7, ref=True, tags=[])]})
    api.always("/texts", {"data": [row("42", ref="42"), row("x", ref="true")]})
    own = masked({"id": "hash", "ref": "hash"})
    declaration = declare(
        resource("numbers", own={**own, "max_table_nesting": 1}), resource("texts", own=own)
    )
    load(declaration)
    load(declaration)  # A merge finds the hashed key again.
    assert table("numbers", "id", "ref") == sorted(
        [(hashed("42"), hashed("42")), (hashed("7"), hashed("true"))]
    )
    assert set(table("texts", "ref")) == {hashed("42"), hashed("true")}


def test_a_long_body_and_rows_without_names_are_masked(api: ScriptedApi) -> None:
    rows = [row(n, email=f"{CLEAR}{n}", filler="x" * 200) for n in range(LARGE // 200)]
    api.always("/items", Reply(json.dumps({"data": rows}).encode()))
    api.always("/emails", {"data": [f"{CLEAR}1", f"{CLEAR}2"]})
    emails = resource("emails", incremental=None, own=masked({"value": "hash"}, primary_key=None))
    declaration = declare(resource(own=masked({"email": "redact"})), emails)
    assert {row["email"] for row in read(declaration, "items")} == {"***"}
    assert [row["value"] for row in read(declaration, "emails")] == [
        hashed(f"{CLEAR}1"),
        hashed(f"{CLEAR}2"),
    ]


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"include_from_parent": ["id"]},
        {"processing_steps": [{"add": {"kind": "a"}}]},
        {"processing_steps": [{"rename": {"value": "code"}}]},
        {"processing_steps": [{"add": {"code": "{{ record.value }}"}}]},
    ],
    ids=["as it came", "with its parent's id", "beside a constant", "renamed", "copied"],
)
def test_a_text_in_place_of_a_row_with_masked_fields_is_rejected_masked(
    api: ScriptedApi, own: dict[str, Any]
) -> None:
    api.always("/lists", {"data": [{"id": 7}]})
    api.always("/lists/7/items", {"data": [f"{CLEAR}1", {"id": 1, "email": f"{CLEAR}2"}]})
    items = resource(
        path="lists/{resources.lists.id}/items",
        incremental=None,
        own=masked({"email": "redact"}, **own),
    )
    stats = load(declare(resource("lists", incremental=None), items))["items"]
    assert (stats.rows_loaded, stats.rows_rejected) == (1, 1)
    (rejected,) = table("items__rejected", "row")
    assert "***" in rejected
    assert CLEAR not in rejected


def test_a_masked_field_that_no_row_has_is_a_warning(api: ScriptedApi) -> None:
    for name in ("items", "things", "empty"):
        api.always(f"/{name}", {"data": [row(1, mail="x", phone="1")] if name != "empty" else []})
    lines: list[str] = []
    stats = load(
        declare(
            resource(own=masked({"address.street": "redact"})),
            resource("things"),
            resource("empty", incremental=None, own={"allow_empty": True}),
            # A default is for some of the resources.
            resource_defaults={"mask": {"emial": None, "phone": None}},
        ),
        log=lines.append,
    )
    assert stats["items"].warnings == ["mask: no row has emial, address.street; correct the name"]
    assert stats["things"].warnings == ["mask: no row has emial; correct the name"]
    assert stats["empty"].warnings == []
    assert "demo.things: mask: no row has emial; correct the name" in lines


def test_a_hash_without_a_usable_key_fails_before_any_request(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    declaration = declare(resource(own=masked({"email": "hash"})))
    monkeypatch.setenv("SOURCES__DEMO__MASK_KEY", "short")
    short = failure(declaration)
    monkeypatch.delenv("SOURCES__DEMO__MASK_KEY")
    missing = failure(declaration)
    assert isinstance(short, SettingError)
    assert str(short).startswith("demo.items: mask: sources.demo.mask_key has 5 characters")
    assert "SOURCES__DEMO__MASK_KEY" in str(missing)
    assert api.asked == []


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "is the cursor": (masked({"Updated_At": "redact"}), {}),
    "which decides what is loaded": (
        masked({"meta": "hash"}),
        {"incremental": {"cursor_path": "meta.at"}},
    ),
    "is a key, and null would merge different rows into one; use hash": (masked({"id": None}), {}),
    "is a key, and last4": (masked({"user.id": "last4"}, primary_key="user.id"), {}),
    "holds the key user.id": (masked({"user": "redact"}, primary_key="user.id"), {}),
    "becomes a text by hash, and id is declared as bigint": (
        masked({"id": "hash"}, fields={"id": "integer"}),
        {},
    ),
    "becomes a text by last4, and address is declared as json": (
        masked({"address": "last4"}, fields={"address": "object?"}),
        {},
    ),
    "name the same values; keep one": (masked({"email": "hash", "eMail": "redact"}), {}),
    "'a' and 'a.b' name the same values": (masked({"a": "hash", "a.b": "redact"}), {}),
    "'a..b' is not the path of a field": (masked({"a..b": "hash"}), {}),
    "'a[0].b' is not the path of a field": (masked({"a[0].b": "hash"}), {}),
    "decides by columns.gone.hard_delete": (
        masked({"gone": "hash"}, columns={"gone": {"hard_delete": True}}),
        {},
    ),
    "decides by columns.seq.dedup_sort": (
        masked({"seq": "redact"}, columns={"seq": {"dedup_sort": "desc"}}),
        {},
    ),
    "is a key by columns.k": (masked({"k": None}, columns={"k": {"merge_key": True}}), {}),
    "becomes 'copy' by processing_steps": (
        masked({"email": "hash"}, processing_steps=[{"add": {"copy": "{{ record['email'] }}"}}]),
        {},
    ),
    "becomes 'all.zip' by processing_steps": (
        masked(
            {"a.zip": "hash", "street": "hash", "city": "hash", "all.street": None},
            processing_steps=[
                {"flatten_path": ["a"]},
                {"add": {"all.street": "{{ record.street | lower }}", "tmp": "{{ record.city }}"}},
                {"remove": ["tmp"]},
                {"rename": {"zip": "all.zip"}},
            ],
        ),
        {},
    ),
    "becomes 'mail' by processing_steps": (
        masked({"u.mail": "hash"}, processing_steps=[{"flatten": {}}]),
        {},
    ),
    "'$.*' is not the path of a field": (masked({"$.*": "hash"}), {}),
}


@pytest.mark.parametrize("problem", REFUSED)
def test_a_mask_that_cannot_work_is_refused(problem: str) -> None:
    own, endpoint = REFUSED[problem]
    with pytest.raises(DeclarationError) as caught:
        declare(resource(own=own, **endpoint))
    assert "demo.items: mask: '" in str(caught.value)
    assert problem in str(caught.value)


def test_keys_that_deletes_compare_are_masked_alike(api: ScriptedApi) -> None:
    own = {"deletes": {"from": "gone", "key": "item"}}
    for mask, other in (({"id": "hash"}, {}), ({}, {"item": "hash"})):
        with pytest.raises(DeclarationError, match="have different masks"):
            declare(resource(own=masked(mask, **own)), resource("gone", own=masked(other)))
    api.always("/items", {"data": [row("a"), row("b")]})
    api.always("/gone", {"data": [row(9, "2026-01-05T12:00:00Z", item="b")]})
    alike = masked({"item": "hash"})
    declaration = declare(resource(own=masked({"id": "hash"}, **own)), resource("gone", own=alike))
    load(declaration, "items")
    load(declaration)
    gone = [key for key, moment in table("items", "id", "_deleted_at") if moment]
    assert gone == [hashed("b")]


def test_every_spelling_of_a_name_is_masked(api: ScriptedApi, project: Path) -> None:
    names = [
        "E-Mail",
        "e_mail",
        "EMAIL",
        "email_",
        "_email",
        "Email:",
        "@email",
        "#email",
        "e.mail",
    ]
    names += [
        "\uff45mail",
        "\u00e9mail",
        "e\u0301mail",
        "e\u00admail",
        "e\u200bmail",
        "email\ud800",
    ]
    names += ["*email", "+email", "email of the row", "email of the row of the row"]
    api.always("/items", {"data": [row(1, **{n: f"{CLEAR}{n}" for n in names})]})
    xml = f"<a><i id='2' updated_at='2026-01-05T10:00:00Z' email='{CLEAR}2'/></a>"
    api.always("/xml", Reply(xml.encode()))
    load(
        declare(
            resource(own=masked({"email": "redact"})),
            resource(
                "xml",
                data_selector="a.i",
                decoder="xml",
                incremental={"cursor_path": "@updated_at"},
                own=masked({"email": "redact"}, primary_key="@id"),
            ),
        )
    )
    files = [path for path in project.rglob("*") if path.is_file()]
    assert [path for path in files if CLEAR.encode() in path.read_bytes()] == []


def test_the_end_of_an_object_is_not_shown(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1, card={"pin": 1234}), row(2, card=[{"number": "99"}])]})
    cards = [row["card"] for row in read(declare(resource(own=masked({"card": "last4"}))))]
    assert cards == ["***", ["***"]]


def test_an_error_of_the_api_shows_no_address(api: ScriptedApi, project: Path) -> None:
    words = f"no user {CLEAR}1@x.org (<{CLEAR}2%40x.org>), mailto:{CLEAR}3@x.org, at 5"
    api.always("/items", Reply({"error": words}, 400))
    error = failure(declare(resource()))
    assert "'no user *** (<***>), mailto:***, at 5'" in str(error)
    with pytest.raises(LoadError):
        load(declare(resource()))
    files = [path for path in project.rglob("*") if path.is_file()]
    assert [path for path in files if CLEAR.encode() in path.read_bytes()] == []


def test_the_key_is_not_part_of_a_declaration() -> None:
    with pytest.raises(DeclarationError, match="mask_key is a literal secret"):
        declare(resource(own=masked({"a": "hash"})), settings={"mask_key": KEY})


def test_a_key_that_a_child_inherits_is_not_redacted() -> None:
    child = resource(
        "orders",
        path="/users/{resources.users.email}/orders",
        own={"include_from_parent": ["email"], "primary_key": ["_users_email", "id"]},
    )
    with pytest.raises(DeclarationError, match="'_users_email' is a key"):
        declare(resource("users", own=masked({"email": "redact"})), child)
    declaration = declare(resource("users", own=masked({"['email']": "hash"})), child)
    assert [mask.path for mask in declaration.resources["orders"].masks] == [("_users_email",)]


PEOPLE = {"data": [{"email": f"{CLEAR}{n}@x.org"} for n in (1, 2)]}


def people(mask: str | None = "hash", **own: Any) -> ApiDeclaration:
    keys = {"primary_key": "email", **({"mask": {"email": mask}} if mask else {}), **own}
    return declare(resource("people", own=keys, incremental=None), resource(incremental=None))


def test_keys_that_are_hashed_with_another_mask_key_are_refused_until_it_is_restored(
    api: ScriptedApi, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.always("/people", PEOPLE)
    api.always("/items", {"data": [row(1)]})
    load(people())
    stored = table("people", "email")
    monkeypatch.setenv("SOURCES__DEMO__MASK_KEY", f"other {KEY}")
    api.always("/items", {"data": [row(1), row(2)]})
    for _ in range(2):
        with pytest.raises(WarehouseError) as caught:
            load(people())
        assert str(caught.value) == (
            "demo.people: sources.demo.mask_key is not that of the stored rows, whose keys are "
            "hashed with it, so each row would be stored twice; restore it, or start the table "
            "over: DROP TABLE demo.people, then load all partitions again"
        )
    assert (table("people", "email"), table("items")) == (stored, [1, 2])
    execute("DROP TABLE demo.people")
    load(people())
    load(people())
    assert len(table("people", "email")) == 2
    assert table("people", "email") != stored
    load(people(write_disposition="replace"))
    versions = str(execute("SELECT schema FROM demo._dlt_version"))
    assert KEY not in versions


def test_what_others_have_is_loaded_where_a_refused_resource_is_read_for_its_children(
    api: ScriptedApi, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paginator = {"type": "offset", "limit": 10}
    everyone = [{"email": f"{CLEAR}{n}@x.org"} for n in range(95)]
    keys = {"primary_key": "email", "mask": {"email": "hash"}}
    declaration = declare(
        resource("people", own=keys, incremental=None, paginator=paginator),
        resource(incremental=None),
        concurrency=2,
    )
    api.on("/people", by_offset(everyone))
    api.on("/items", lambda _: Reply({"data": [row(1), row(2)]}, delay=0.6))
    load(declaration)
    monkeypatch.setenv("SOURCES__DEMO__MASK_KEY", f"other {KEY}")
    execute("DELETE FROM demo.items")
    with pytest.raises(WarehouseError, match="mask_key is not that of the stored rows"):
        load(declaration)
    assert table("items") == [1, 2]


def test_keys_that_are_hashed_or_not_hashed_any_more_are_refused_until_the_table_is_dropped(
    api: ScriptedApi, project: Path
) -> None:
    api.always("/people", PEOPLE)
    load(people(None), "people")
    for mask, was, now in (("hash", "none", "email"), (None, "email", "none")):
        with pytest.raises(WarehouseError, match=f"hashed were {was} and are {now}, so each row"):
            load(people(mask), "people")
        execute("DROP TABLE demo.people")
        load(people(mask), "people")
        load(people(mask), "people")
        assert len(table("people", "email")) == 2
