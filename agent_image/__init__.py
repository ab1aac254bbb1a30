"""What runs inside an agent's container. Standard library only, and nothing of `app`."""
