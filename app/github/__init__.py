"""GitHub as we use it: the webhook's bytes, tokens, and the board. githubkit stays inside."""
