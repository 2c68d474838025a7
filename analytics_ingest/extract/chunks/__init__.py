"""Fields that are requested in chunks: several requests for one page."""
