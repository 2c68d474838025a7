"""The `Link` header of RFC 8288: blanks separate relations, and their case does not matter."""

from requests.utils import parse_header_links


def find_relation(header: str, relation: str) -> str | None:
    """Find the URL of a relation in a `Link` header; None if the header does not name it.

    A link with `results="false"` leads to an empty page; some APIs never omit the next one.
    """
    for link in parse_header_links(header):
        params = {name.lower(): value for name, value in link.items()}
        if relation.lower() in params.get("rel", "").lower().split():
            has_rows = params.get("results", "").lower() != "false"
            return link["url"] if has_rows else None
    return None


def find_next_link(header: str) -> str | None:
    """Find the URL of the next page, which a lone link without a relation is too."""
    links = parse_header_links(header)
    if len(links) == 1 and "rel" not in {name.lower() for name in links[0]}:
        return links[0]["url"]
    return find_relation(header, "next")
