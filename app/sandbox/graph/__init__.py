"""The GraphQL door: a true subset of GitHub's schema, executed; rules and state are elsewhere."""
