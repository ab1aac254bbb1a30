"""Answers, contracts and digests: what the scaffolder reads, without rendering."""
