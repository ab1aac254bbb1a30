"""The founding graph: a new project's repository, made from the template, and its first issue."""
