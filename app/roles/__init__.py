"""The roles agents play, a file each: what they are told. A role knows no agent and no executor."""
