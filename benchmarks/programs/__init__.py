"""The peers' programs, as their users write them; each is copied beside its data and run alone."""
