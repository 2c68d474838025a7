"""Pages of rows → batches for dlt: routed, coerced, and written as files where possible."""
