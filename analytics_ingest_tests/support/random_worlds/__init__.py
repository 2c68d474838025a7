"""Random worlds: what an API serves, how it errs, what is declared of it, and what is loaded."""
