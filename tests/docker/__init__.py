"""A Docker engine and base images for tests of every folder."""
