"""What an API answered → corrections of its declaration, each with its evidence.

`propose` looks at a preview and yields the corrections that its answers prove. `edit` writes them
into the YAML, and keeps all else in it. What an answer leaves open is not corrected: the preview's
findings say so.
"""
