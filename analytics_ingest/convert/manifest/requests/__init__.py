"""The requester of a stream → the request of its endpoint."""
