"""Rate budgets: at most so many requests to an API in a span of time, of all runs together."""
