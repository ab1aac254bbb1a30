"""The engineering graph: from a request to a tested pull request, or to a reason why not."""
