"""How an operation says no."""


class Refused(Exception):
    """A rule of the house forbids it. ``str()`` is the reason, for the person who asked, in their language;
    ``at``: the field of the form that the reason is about, if it is about one; "file" for the one with the
    file.
    """

    def __init__(self, reason: str, *, at: str = ""):
        super().__init__(reason)
        self.at = at
