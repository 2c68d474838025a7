"""A declaration and a window → pages of rows, over HTTP; knows neither warehouse nor Dagster.

`connect` (api_context) builds an `ApiClient` and a `ListingTemplate` of each resource. `Extractor`
opens a `Listing` for each row of a parent, and sends its requests through the `RequestQueue` and
the client, which waits for a slot, signs, sends and retries. The listing turns each `ApiResponse`
into a `Page` and advances its paginator. The rows wait in a `PageBuffer` until `pages` yields them.
"""
