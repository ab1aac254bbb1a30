"""The nodes of the intake graph, a file each, with one effect each."""
