"""What can go wrong with templates, in words for whoever can mend it."""


class ScaffoldError(Exception):
    """Why there is no project, and what to do next."""


class AnswersError(ScaffoldError):
    """Which answers are no answers, and what each should be; for whoever gave them."""
