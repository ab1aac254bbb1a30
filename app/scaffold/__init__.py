"""Makes a project from a template and answers, and brings it up to date. It pushes nothing."""
