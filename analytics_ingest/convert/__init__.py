"""Converts a document that describes an API into the folder of its declaration, running no code.

The documents write Airbyte's low-code keys inside dlt's `RESTAPIConfig`. `markdown` takes the text
apart. `python` reads its dicts as data and chooses the configuration; `normalize` makes a `Draft`
of it in the form of a declaration. `prose` reads what the sentences say, and `infer` completes the
draft with it. `convert` runs these passes, `write` gives the text of the files, and `report` prints
what the `ConversionLog` holds. `declaration.airbyte` translates Airbyte's keys, as in any
`defs.yaml`; only Markdown, Python, secrets and slips of the pen are handled here.
"""
