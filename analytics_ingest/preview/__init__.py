"""The command `try`: a page or two of each resource from the real API, and what looks wrong.

A declaration is read (`command`), the API asked (`asking`), the answers judged (`findings`) and
shown (`report`); what was seen of the fields can be written beside the declaration (`schema_file`).
Nothing is loaded: the reading parts of `loading` are used, and no warehouse.
"""
