"""The command `new`, from documents in all their forms to declarations that load."""
