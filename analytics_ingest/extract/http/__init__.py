"""One request to the API and back: `client.send` signs, sends, bounds in time and retries it."""
