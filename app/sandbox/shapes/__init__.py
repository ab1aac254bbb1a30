"""State turned into the JSON of GitHub's REST API and webhooks; nothing here changes state."""
