"""How an operation says no."""


class Refused(Exception):
    """A rule of the house forbids it. ``str()`` is the reason, for the person who asked, in their language."""
