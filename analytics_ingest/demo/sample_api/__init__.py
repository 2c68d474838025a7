"""A local server that speaks all five APIs as their documents describe them, for demo and tests.

`listings` says what each API has, and `paging` wraps rows in response bodies. `data` makes the
rows: `fields` reads the declared fields, `timestamps` makes `updated_at`, `values` fills the other
fields with the texts of `words`, `defects` spoils some rows. `app` serves them, `server` runs it.
"""
