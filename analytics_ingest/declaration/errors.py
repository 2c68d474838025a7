"""The error of a declaration that parses but cannot work."""


class DeclarationError(ValueError):
    """Says which API, resource and key, the value found, what is allowed and what to do."""

    def __init__(self, api: str, resource: str | None, key: str, problem: str) -> None:
        place = f"{api}.{resource}" if resource else api
        super().__init__(f"{place}: {key}: {problem}")
        self.resource = resource
        self.key = key
        self.problem = problem
