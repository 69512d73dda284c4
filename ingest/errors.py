"""Errors whose text is meant for the person who runs the program: in Chinese, with the way out."""


class JiwenError(Exception):
    """Base of every error that is shown to users as it stands; its message needs no traceback."""


class NotAPlanError(JiwenError):
    """The text is no plan in the conventions the reader knows; the message names what was looked for."""


class IndexBuildError(JiwenError):
    """The index could not be built or checked; the last good index is untouched."""


class VectorServerError(JiwenError):
    """The Chroma server does not answer, or not as it should; it may be back in a moment."""


class SettingsError(JiwenError):
    """A setting has a wrong value; the message names the setting, the value and what is allowed."""


class ModelError(JiwenError):
    """A model cannot be loaded or reached; the message names the setting and the way out, never a key."""
