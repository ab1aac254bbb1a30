"""The nodes of the founding graph, a file each, with one effect each."""
