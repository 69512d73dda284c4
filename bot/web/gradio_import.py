"""Importing Gradio without what the page has no use for.

Gradio writes a type stub for editors beside each of its modules whenever it is imported. That takes longer
than the rest of the import, and needs write access to the installed packages. And it imports pandas, for
caching data frames: a tenth of a second and 30 MB.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from ingest.later import spec_with

_PANDAS = "pandas"
_STUBS = "gradio.component_meta"
_STUB_WRITER = "create_or_modify_pyi"


def import_gradio() -> None:
    """Import Gradio without writing stubs, and with pandas only if and when it is used."""
    if "gradio" in sys.modules:
        return
    finder = _StubWriterFinder()
    sys.meta_path.insert(0, finder)
    sys.modules.setdefault(_PANDAS, _Later(_PANDAS))
    try:
        import_module("gradio")
    finally:
        sys.meta_path.remove(finder)
        if isinstance(sys.modules.get(_PANDAS), _Later):  # whoever imports it from now on gets it
            del sys.modules[_PANDAS]


class _Later(ModuleType):
    """Stands for a module until something of it is asked for; then it passes on what the module has."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


class _StubWriterFinder(MetaPathFinder):
    """Finds the module that writes the stubs, and takes the writing from it as soon as it is loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return spec_with(_load_mute, fullname, path, target) if fullname == _STUBS else None


def _load_mute(module: ModuleType, load: Callable[[ModuleType], None]) -> None:
    load(module)
    if hasattr(module, _STUB_WRITER):  # else it has gone, which is as well
        setattr(module, _STUB_WRITER, lambda *_: None)
