"""The model proxy: holds the keys, counts every token. It changes nothing that a model says."""
