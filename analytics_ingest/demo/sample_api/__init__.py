"""A local server that speaks all five APIs as their documents describe them, for demo and tests.

`listings` says what each API has and `paging` in which bodies it answers. `data` makes the rows:
`fields` reads what is declared, `moments` gives `updated_at`, `values` fills the other fields with
words of `vocabulary`, `dirt` spoils some rows. `app` serves them, `server` runs the app.
"""
