"""The command `try`: the first pages of each resource from the real API, and what looks wrong.

`command` reads the declaration and `extract.preview` asks the API. `findings` looks at the answers,
with the checks that also look at each load; `report` shows them. `schema_file` adds new fields to
`schema.yaml`. Nothing is loaded, and no warehouse is needed.
"""
