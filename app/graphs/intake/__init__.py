"""The intake graph: from a request to a specification, a question, or an answer."""
