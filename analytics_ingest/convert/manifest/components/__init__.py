"""The components of a manifest and the texts in them: references, parameters, expressions."""
