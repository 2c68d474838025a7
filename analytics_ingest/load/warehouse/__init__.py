"""How tables are loaded, locked and profiled, whatever the warehouse is."""
