"""A document that describes an API → the folder of its declaration, without running any of it.

`markdown` takes the text apart. `code` reads its dicts as data and chooses the configuration;
`clean` brings that into the form of a declaration; `prose` reads what the sentences say, and
`infer` completes the one by the other. `turning` does these steps, `writing` gives the text of the
files, and `notes` hold what is told to the user by `report`.
"""
