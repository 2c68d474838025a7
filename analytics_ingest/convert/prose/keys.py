"""Finds in a document's prose which field is the cursor and which the primary key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from analytics_ingest.convert.markdown import Block, Document
from analytics_ingest.convert.prose.lines import iterate_parts_with_resource

_NAME = r"[`*]+(?P<name>[A-Za-z_][\w.]*)[`*]+"
_CURSOR = re.compile(
    r"(cursor[ _]field|incremental[ _](cursor|field|key|sync\w*|load\w*)|replication key"
    rf"|sync\w* incremental\w*)[^.\n]*?{_NAME}",
    re.IGNORECASE,
)
_TIME = re.compile(r"updat|modif|chang|creat|date|time|_at$|At$|_on$|since|stamp", re.IGNORECASE)
_KEY = re.compile(rf"primary key[^.\n]{{0,40}}?{_NAME}", re.IGNORECASE)
_SUBJECT = re.compile(r"^\W*`(?P<resource>\w+)`")


@dataclass
class Keys:
    """Names of fields: of all resources under None, and of single ones."""

    cursors: dict[str | None, str] = field(default_factory=dict)
    primary: dict[str | None, str] = field(default_factory=dict)


def read_keys(document: Document, resources: Mapping[str, Any]) -> Keys:
    """Read the cursors and primary keys that sentences name."""
    keys = Keys()
    for part, named in iterate_parts_with_resource(document, resources):
        if isinstance(part, Block):
            continue
        subject = _SUBJECT.match(part.text)
        of = subject["resource"] if subject and subject["resource"] in resources else named
        cursor = _CURSOR.search(part.text)
        if cursor and _TIME.search(cursor["name"]) and cursor["name"] not in resources:
            keys.cursors.setdefault(of, cursor["name"])
        if key := _KEY.search(part.text):
            keys.primary.setdefault(of, key["name"])
    return keys
