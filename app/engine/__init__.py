"""The only path from what happened to what is done: lock the issue, load it, step, apply."""
