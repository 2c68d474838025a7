"""Rate budgets: a maximum of requests to an API in a span of time, for all runs together."""
