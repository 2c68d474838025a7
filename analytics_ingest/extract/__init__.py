"""A declaration and a window → pages of rows, over HTTP; knows neither warehouse nor Dagster.

`connect` (api_context) builds an `ApiClient` and a `ListingTemplate` of each resource. `Extractor`
opens the `Listing`s of a resource: one, or one for each row of a parent (`parents`), listed value
or piece of a window (`windows`). It sends their requests (`requests`) through the `RequestQueue`
and the client (`http`), which waits for a slot, signs, sends and retries. The listing turns each
`ApiResponse` into a `Page` (`responses`, `selectors`) and advances its paginator (`paging`). The
rows wait in a `PageBuffer` until `read_pages` yields them.
"""
