"""How an API is asked: requests that are signed, paced, sent again, and bounded in time."""
