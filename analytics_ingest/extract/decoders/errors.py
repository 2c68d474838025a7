"""The error of a body that is not what its decoder says."""


class DecodingError(Exception):
    """A body cannot be decoded.

    Args:
        problem: What is wrong and where, without any of the data.
        hint: What to do about it.
        is_retryable: Whether another response may be whole.
    """

    def __init__(self, problem: str, hint: str = "", *, is_retryable: bool = True) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
        self.is_retryable = is_retryable
