"""The words for the types of fields, each under the name that a schema file has for it."""

TYPES = {
    "timestamp": r"date-?_?\s?time|timestamp(tz)?|iso\W?8601",
    "date": r"date",
    "boolean": r"bool(ean)?",
    "integer": r"int(eger|64|32)?|bigint|long",
    "number": r"number|float|double|numeric|decimal|money|currency",
    "array": r"array|list",
    "object": r"object|json|map|dict(ionary)?|struct",
    "string": r"string|text|str|varchar|char|uuid|guid|enum|email|ur[il]",
}
"""The first that is named wins: `String, date-time` is a timestamp."""
