"""What can go wrong with images, in words for the operator."""


class ImageError(Exception):
    """There is no image, and why, and what to do."""


class UnknownCapabilityError(ImageError):
    """Which capability there is no install script for, and those there are."""


class BuildError(ImageError):
    """The last lines of a build that failed, and where all of them are."""
