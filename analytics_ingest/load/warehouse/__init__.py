"""How tables are written and asked, whatever the warehouse is."""
