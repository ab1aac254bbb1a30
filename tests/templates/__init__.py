"""The templates: every project they make is rendered, checked and tested."""
