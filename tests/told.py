"""What a user is told, if anything, and whether it is in the user's language."""

from ingest.errors import JiwenError


def told(call, *arguments, kind=JiwenError):
    """The text of the error that a call ends in; None if it ends well. Any other error is a fault."""
    try:
        call(*arguments)
    except kind as error:
        return str(error)
    return None


def in_chinese(text):
    return any("\u4e00" <= char <= "\u9fff" for char in text)
