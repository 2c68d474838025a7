"""Rows whose fields would share a column, and what their table must hold of each."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from analytics_ingest.common.json_tree import walk
from analytics_ingest_tests.support.loads import API, declare, load, resource
from analytics_ingest_tests.support.scripted_api import Script, ScriptedApi
from analytics_ingest_tests.support.warehouses import TYPE_SETTING, Answer, ask, tables

MOMENT = "2026-01-05T10:00:00Z"

Contents = Mapping[str, Answer]
"""What the tables hold, by their names."""


@dataclass(frozen=True)
class Names:
    """Some loads of one listing, each of some pages of rows."""

    loads: Sequence[Sequence[Sequence[Mapping[str, Any]]]]
    own: Mapping[str, Any] = field(default_factory=dict)
    endpoint: Mapping[str, Any] = field(default_factory=dict)
    key: str = "id"


def one(*rows: Mapping[str, Any], key: str = "id", **own: Any) -> Names:
    """One load of one page."""
    return Names([[rows]], own=own, key=key)


def fields(**values: Any) -> dict[str, Any]:
    """A row with the key 1."""
    return {"id": 1, "updated_at": MOMENT, **values}


SCRIPTS = {
    "japanese": {"価格": 100, "名前": "りんご", "数量": 3},
    "cyrillic": {"Цена": 10, "Имя": "Анна", "ЦЕНА": 11},
    "homophones": {"性": "f", "姓": "Li", "星": 7},
    "arabic and hebrew": {"السعر": 1, "الاسم": "a", "מחיר": 2, "שם": "b"},
    "hindi, thai and korean": {"मूल्य": 1, "नाम": 2, "ราคา": 3, "ชื่อ": 4, "가격": 5, "이름": 6},
    "accents": {"Größe": 1, "Grosse": 2, "prénom": "a", "prenom": "b"},
    "two forms of an accent": {"caf\u00e9": 1, "cafe\u0301": 2, "cafe": 3},
    "full width": {"\uff2e\uff41\uff4d\uff45": "wide", "name": "narrow"},
    "symbols": {"☂": 1, "😀": 2, "№": 3, "%": 4, "#": 5, "€": 6, "\ue000": 7, "\ue001": 8},
    "mixed": {"price 価格": 1, "price 名前": 2, "price": 3},
    "half surrogates": {"\ud800": 1, "x\udfff": 2},
}
TWINS = {
    "camel case": {"userId": "new-7", "user_id": "old-3"},
    "currencies": {"Amount ($)": 10, "Amount (€)": 9, "Amount (%)": 8},
    "case": {"Status": "open", "status": "OPEN_V2", "STATUS": 1},
    "punctuation": {"a b": 1, "a.b": 2, "a-b": 3, "a_b": 4, "a  b": 5},
    "types": {"v": 1, "V": "text", " v": {"a": 1}, "v ": [1]},
    "blank names": {"": 1, " ": 2, "\t": 3},
    "underscores": {"_": 1, "__": 2, "x": 3, "-": 4, "___": 5},
    "names of dlt": {"_dlt_id": "a", "_DLT_ID": "b", "_dlt_load_id": "c", "v": 1, "v__v_text": 2},
    "names of ours": {"_other_fields": "a", "_otherFields": "b"},
    "the key": {"ID": "x", "Id": "y", "iD": 7},
    "the cursor": {"updatedAt": "x", "Updated_At": "y", "UPDATED_AT": 9},
    "long names": {"x" * 300: 1, "X" * 300: 2, "x" * 299 + "y": 3, "価" * 100: 4},
}
CASES: dict[str, Names] = {
    **{name: one(fields(**row)) for name, row in {**SCRIPTS, **TWINS}.items()},
    **{
        f"{name}, one by one": one(
            *({"id": n, "updated_at": MOMENT, k: v} for n, (k, v) in enumerate(row.items()))
        )
        for name, row in {**SCRIPTS, **TWINS}.items()
    },
    "the second name on a later page": Names(
        [[[fields(価格=100, userId="a")], [{"id": 2, "名前": "b", "userId": "c", "user_id": "d"}]]]
    ),
    "the second name in a later load": Names(
        [
            [[fields(価格=100, userId="a")]],
            [[{"id": 2, "名前": "b", "userId": "c", "user_id": "d"}]],
        ]
    ),
    "a key of another script": one(
        {"注文番号": "A1", "名前": "n1", "価格": 1, "updated_at": MOMENT}, key="注文番号"
    ),
    "declared names of another script": one(
        fields(価格=100, 名前="りんご"), fields={"価格": "number", "名前": "string"}
    ),
    "a declared field beside its twins": one(
        fields(userId="a", user_id="b", USER_ID="c"), fields={"userId": "string"}
    ),
    "a value of another type beside a twin": one(fields(v="many", V="b"), fields={"v": "integer"}),
    "a column of dlt's beside its twin": one(
        fields(userId=1.5, user_id="b"), columns={"userId": {"data_type": "decimal"}}
    ),
    "a nested cursor": Names(
        [[[{"id": 1, "meta": {"updated": MOMENT}, "_cursor": "abc", "_Cursor": "def"}]]],
        endpoint={"incremental": {"cursor_path": "meta.updated"}},
    ),
    "a nested cursor beside the name that a field of its name gets": Names(
        [
            [
                [
                    {
                        "id": 1,
                        "meta": {"updated": MOMENT},
                        "_cursor": "abc",
                        "_cursor of the row": "def",
                        "_cursor_of_the_row": "ghi",
                    }
                ]
            ]
        ],
        endpoint={"incremental": {"cursor_path": "meta.updated"}},
    ),
    "a listed value that the row has too": Names(
        [[[fields(status="from-row", Status="b")]]],
        endpoint={"params": {"status": {"type": "each", "values": ["open"], "column": "status"}}},
    ),
}
UNNESTED: dict[str, Names] = {
    name: one(row, max_table_nesting=level)
    for name, level, row in [
        ("an object and a field", 1, fields(user={"name": "in"}, user__name="out")),
        ("two objects", 1, fields(user={"name": "a"}, User={"name": "b"})),
        ("fields of an object", 1, fields(user={"Name": 1, "name": 2, "価格": 3, "名前": 4})),
        ("lists of other scripts", 1, fields(明細=[{"価格": 5, "数量": 7}], 支払=[{"金額": 9}])),
        ("two lists", 1, fields(lineItems=[{"n": 1}], line_items=[{"n": 2}])),
        ("twins in a list", 1, fields(lines=[{"userId": 1, "user_id": 2}, {"userId": 3}])),
        ("names of dlt in a list", 1, fields(lines=[{"_dlt_id": "a", "_dlt_parent_id": "b"}])),
        ("a list of rejected rows", 1, fields(rejected=[{"n": 5}, {"n": 6}])),
        ("lists in objects", 2, fields(a={"b": [1, 2]}, a__b=[3])),
        ("deep", 3, fields(a={"価": {"格": [{"名": 1, "前": 2}]}, "格": 3})),
        ("lists of lists", 3, fields(a=[[{"価": 1, "格": 2}]])),
        ("objects in a list of an object", 2, fields(a={"b": [{"c": {"Name": 11, "name": 12}}]})),
        ("json in lists of lists", 2, fields(a=[[{"価": 11, "格": 12, "N": 13, "n": 14}]])),
        ("objects in lists of lists", 3, fields(a=[[{"c": {"価": 11, "N": 13, "n": 14}}]])),
        (
            "an object named as two, and a field",
            1,
            fields(acme__Owner__r={"Name": "in"}, acme__Owner__r__Name="out"),
        ),
        (
            "an object named as two in an object",
            3,
            fields(x={"a__b": {"c": 11, "C": 12}, "a__b__c": 13}),
        ),
        ("a list named as two, and a list", 2, fields(a__l=[{"x": [11]}], a__l__x=[12])),
        ("blank names", 2, fields(**{" ": [11, 12], "o": {" ": [13]}, "l": [{"\t": [14]}]})),
        ("dlt's variants in an object", 1, fields(o={"v_text": 11.5, "v_double": 12})),
        ("json below the level", 1, fields(a={"b": {"価": 1, "格": 2}})),
    ]
}
UNNESTED["declared as an object"] = one(
    fields(a={"B": 1, "b": 2}), max_table_nesting=1, fields={"a": "object"}
)
UNNESTED["json in an item"] = one(
    fields(a=[{"o": {"en-US": 11}}, {"o": {"Да": 12, "Sales": 13, "sales": 14}}]),
    max_table_nesting=2,
    nested_hints={"a": {"columns": {"o": {"data_type": "json"}}}},
)
UNNESTED["json in an object"] = one(
    fields(o={"options": {"en-US": 11, "en_us": 12}}),
    max_table_nesting=2,
    columns={"o__options": {"data_type": "json"}},
)
"""Rows whose objects and lists become columns and tables; in a lake they cannot."""


def tables_of(cases: Iterable[str]) -> dict[str, str]:
    """Case → the table that its listing is loaded into."""
    return {case: f"case_{number:02}" for number, case in enumerate(cases)}


def load_all(api: ScriptedApi, cases: Mapping[str, Names]) -> None:
    """Load the cases beside each other: the first listings of all, then the second ones.

    Args:
        cases: By their tables.
    """
    for number in range(max(len(names.loads) for names in cases.values())):
        due = {table: names for table, names in cases.items() if number < len(names.loads)}
        for table, names in due.items():
            api.on(f"/{table}", _pages(names.loads[number]))
        load(declare(*(_listing(table, names) for table, names in due.items())))


def _pages(pages: Sequence[Sequence[Mapping[str, Any]]]) -> Script:
    served = [*pages, []]
    return lambda asked: {"data": served[int(asked.query["page"])]}


def _listing(table: str, names: Names) -> dict[str, Any]:
    paginator = {"type": "page_number", "base_page": 0, "total_path": None}
    own = {**names.own, "primary_key": names.key}
    return resource(table, own=own, **{"paginator": paginator, **names.endpoint})


def read_tables(loaded: Iterable[str]) -> Contents:
    """Read the tables that were loaded, and those below them."""
    is_lake = os.environ.get(TYPE_SETTING) == "filesystem"
    names = loaded if is_lake else tables(API)
    return {name: ask(f"SELECT * FROM {API}.{name}") for name in names}


def missing(table: str, names: Names, contents: Contents) -> list[tuple[Any, Any]]:
    """The values of served rows, with their key, that the row in the warehouse does not have."""
    rows = [row for pages in names.loads for page in pages for row in page]
    stored = _stored(table, contents)
    return [
        (row[names.key], value)
        for row in rows
        for value in _leaves({k: v for k, v in row.items() if v != MOMENT})
        if not _holds(stored, row[names.key], value)
    ]


def columns(table: str, contents: Contents) -> Mapping[str, set[str]]:
    """The columns of a table and of those below it."""
    return {name: set(contents[name].types) for name in _with_nested(table, contents)}


def _with_nested(table: str, contents: Contents) -> list[str]:
    nested = [name for name in contents if name.startswith(f"{table}__")]
    return sorted([table, *nested], key=len)


def _stored(table: str, contents: Contents) -> list[list[Any]]:
    """All values of each row, and of the rows in nested tables below it."""
    by_id: dict[Any, list[Any]] = {}
    for name in _with_nested(table, contents):
        for row in contents[name].as_dicts():
            cells = [v for k, v in row.items() if not _is_of_dlt(k)]
            root = row.get("_dlt_root_id") or row["_dlt_id"]
            by_id.setdefault(root, []).extend(cells)
    return list(by_id.values())


def _is_of_dlt(column: str) -> bool:
    return column.startswith("_dlt_") and "__v_" not in column


def _holds(stored: list[list[Any]], key: Any, value: Any) -> bool:
    return any(
        key in cells and _plain(value) in [_plain(leaf) for cell in cells for leaf in _parsed(cell)]
        for cells in stored
    )


def _plain(value: Any) -> str:
    return str(float(value)) if isinstance(value, int | float | Decimal) else str(value)


def _parsed(cell: Any) -> Iterator[Any]:
    yield cell
    if isinstance(cell, str):
        try:
            yield from _leaves(json.loads(cell))
        except ValueError:
            return


def _leaves(value: Any) -> Iterator[Any]:
    return (part for part in walk(value) if not isinstance(part, Mapping | list))
