"""Where a text names modules and packages: imports, install commands, a script's own requirements, cells.

Told from the text alone, without a tree: a text that is being typed seldom parses, and what it imports is what an
assistant invents. Nothing here knows what exists.
"""
