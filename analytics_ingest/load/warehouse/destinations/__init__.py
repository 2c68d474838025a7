"""The databases that a load writes to: their connections, locks, memory and copies."""
