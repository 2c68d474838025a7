"""Converts an OpenAPI document into a declaration: what it says is derived, nothing is guessed.

`document` reads the text and follows references, `schemas` flattens schemas, `operations` gives 2.0
and 3.x one form. `listings` chooses the operations that list rows; `names`, `parents`, `keys`,
`paging`, `increments` and `requests` say how each is read, and `convert_openapi` writes it down.
What a document leaves open is assumed with a line of the report, or left to the API's own answers.
"""
