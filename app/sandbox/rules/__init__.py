"""What happens on GitHub when somebody does something: state changes, then events; no HTTP."""
