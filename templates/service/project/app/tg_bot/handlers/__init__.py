"""What the bot answers, one behaviour a file."""
