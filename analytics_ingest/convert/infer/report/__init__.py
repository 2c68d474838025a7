"""What a document leaves open, or says and nothing takes."""
