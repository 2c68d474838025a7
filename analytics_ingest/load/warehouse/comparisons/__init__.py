"""What a load brings, compared with what is stored, before anything is replaced."""
