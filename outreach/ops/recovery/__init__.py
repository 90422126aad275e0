"""Archives of the whole house: taken, restored, moved to another database, tried out."""


class Failed(Exception):
    """Backup, restore, move or drill cannot go on; the words are for who typed the command."""
