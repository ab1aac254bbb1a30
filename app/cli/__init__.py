"""`orc`, the operators' command: a noun or verb each, `--json` where there is something to read."""
