"""Addresses around the API at `api.test:8080`, most of them strange."""

from hypothesis import strategies as st

SCHEMES = ["http", "http", "HTTP", "ftp", " http", ""]
SLASHES = ["://", "://", "//", ":/", ":", ":///", ":\\\\", "\\\\", ":/\\", ""]
USERS = ["", "", "", "@", "u:p@", "api.test:8080@", "evil.test\\@", "evil.test#@"]
HOSTS = [
    *("api.test", "api.test", "API.TEST", "evil.test", "api.test.", "evil.test;api.test", ""),
    *("\uff41pi.test", "api\u3002test", "api%2etest", "127.1", "\xe9vil.test", "*.test"),
    *("[::1]", "[api.test]"),
]
PORTS = [":8080", ":8080", "", ":80", ":0", ":08080", ":\uff18\uff10\uff18\uff10", ":8080:80", ":"]
PATHS = [
    *("", "/items", "/items?page=2", "\\@api.test:8080/", "@api.test:8080/", "/@evil.test/"),
    *("//evil.test/", "?@evil.test/", "#@evil.test/", "/../..//evil.test", ";evil.test", "%5c@"),
]
CONTROLS = " \t\r\n\x00\x0b\x1f\x7f\x85"
ODD = f"\\/@:?#%[].;{CONTROLS}\xa0\xe9\u200b\u2028\u3000\ufeff\uff0e\uff0f\uff20\ud800"

ELSEWHERE = {
    "http://evil.test/": "http://evil.test:80",
    "//evil.test/": "http://evil.test:80",
    "http://evil.test\\@api.test:8080/": "http://evil.test:80",
    "http://api.test:8080\\@evil.test/": "http://api.test:8080",
    "http:\\\\evil.test/": "backslash",
    "\\\\evil.test\\items": "backslash",
    "/\\evil.test/items": "backslash",
    "http:/evil.test/": "an invalid address",
    "http:///evil.test/": "an invalid address",
    "http:evil.test/": "an invalid address",
    "http://evil.test\t@api.test:8080/": "control character",
    "http://api.test:8080\n.evil.test/": "control character",
    "ht\ttp://evil.test/": "control character",
    "http://api.test:8080/\x00": "control character",
    "http://api.test:8080/\x7f": "control character",
    "http://api.test:8080@evil.test/": "http://evil.test:80",
    "http://api.test@evil.test:8080/": "http://evil.test:8080",
    "http://user:canary@api.test:8080/": "user name",
    "http://a@evil.test@api.test:8080/": "user name",
    "http://evil.test#@api.test:8080/": "http://evil.test:80",
    "http://evil.test?@api.test:8080/": "http://evil.test:80",
    "http://evil.test;@api.test:8080/": "user name",
    "http://api.test/": "http://api.test:80",
    "http://api.test:8081/": "http://api.test:8081",
    "http://api.test:0/": "port 0",
    "http://api.test:port/": "an invalid address",
    "http://api.test:8080:80/": "an invalid address",
    "https://api.test:8080/": "https://api.test:8080",
    "ftp://api.test:8080/": "ftp://api.test:8080",
    "http://api.test.:8080/": "http://api.test.:8080",
    "http://api.test.evil.test:8080/": "http://api.test.evil.test:8080",
    "http://ev%69l.test/": "http://evil.test:80",
    "http://[::1]:8080/": "http://[::1]:8080",
    "http://[::ffff:127.0.0.1]:8080/": "http://[::ffff:127.0.0.1]:8080",
    "http://[::1]evil.test/": "an invalid address",
    "http://[x/": "an invalid address",
    "http://127.1:8080/": "http://127.1:8080",
    "http://2130706433:8080/": "http://2130706433:8080",
    "http://\uff41pi.test:8080/": "an invalid address",
    "http://api\u3002test:8080/": "an invalid address",
    "http://\u0430pi.test:8080/": "http://xn--pi-6kc.test:8080",
    "http://evil\u2100.test/": "an invalid address",
    "http://\xe9vil.test/": "http://xn--vil-9la.test:80",
}
"""Links from a page of the API that are refused, and what the message has to say."""


def addresses() -> st.SearchStrategy[str]:
    """Put addresses together of their parts, some with an odd character anywhere in them."""
    parts = map(st.sampled_from, (SCHEMES, SLASHES, USERS, HOSTS, PORTS, PATHS))
    whole = st.builds("{}{}{}{}{}{}".format, *parts)
    return st.one_of(whole, st.builds(_insert, whole, st.integers(0, 60), st.sampled_from(ODD)))


def _insert(text: str, at: int, char: str) -> str:
    at %= len(text) + 1
    return text[:at] + char + text[at:]
