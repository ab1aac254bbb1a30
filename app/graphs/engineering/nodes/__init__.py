"""The nodes of the engineering graph, a file each, with one effect each.

A node that was cut short starts from its beginning, so every effect can be carried out twice.
"""
