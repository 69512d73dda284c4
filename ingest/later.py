"""Libraries that others import and nobody here uses, imported when something of them is used.

llama-index imports SQLAlchemy for histories of conversations in data bases, Chroma gRPC for sending traces to
a collector, Gradio and httpx their command lines: a third of a second of a start and thirty megabytes. While
they are imported, modules stand in for these, and what is taken from one is a `Later`; at the first use of
any, all become the real things.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Union

# What is left for later, by whose import.
LEFT = {
    "llama_index.core": (
        "sqlalchemy",
        "sqlalchemy.engine",
        "sqlalchemy.exc",
        "sqlalchemy.ext.asyncio",
        "sqlalchemy.orm",
    ),
    "chromadb": ("opentelemetry.exporter.otlp.proto.grpc.trace_exporter",),
    "gradio": ("gradio.cli",),
    "httpx": ("httpx._main",),
}


class Later:
    """Stands for a thing: passes on calls, attributes and checks of type to it, which is got for the first.

    While modules stand in, what is called or asked of it is a `Later` as well. At the first use the things
    themselves are put into the modules that hold a `Later`.

    Args:
        get: gives the thing.
    """

    def __init__(self, get: Callable[[], Any]) -> None:
        self._get = get

    def _thing(self) -> Any:  # noqa: ANN401
        thing = self._get()
        self._get = lambda: thing
        return thing

    def _real(self) -> Any:  # noqa: ANN401
        for name in _standing():  # a class to be derived from is wanted now
            del sys.modules[name]
        _put_in_place()
        return self._thing()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):
            raise AttributeError(name)
        return Later(lambda: getattr(self._thing(), name)) if _standing() else getattr(self._real(), name)

    def __call__(self, *values: Any, **named: Any) -> Any:  # noqa: ANN401, D102
        if _standing():
            return Later(lambda: self._thing()(*values, **named))
        return self._real()(*values, **named)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self._real(),)

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, self._real())

    def __subclasscheck__(self, value: type) -> bool:
        return issubclass(value, self._real())

    def __or__(self, other: Any) -> Any:  # noqa: ANN401  a type in an annotation
        return Union[self, other]  # noqa: UP007  `|` is what this is

    def __ror__(self, other: Any) -> Any:  # noqa: ANN401
        return Union[other, self]  # noqa: UP007


class _StandIn(ModuleType):
    """Stands for a module while others are imported."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []  # modules in it stand for themselves

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):
            raise AttributeError(name)
        module = self.__name__
        return Later(lambda: getattr(import_module(module), name))


class _Finder(MetaPathFinder):
    """Finds the modules during whose import others are left out."""

    def __init__(self, left: Mapping[str, Sequence[str]]) -> None:
        self._left = left

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._left:
            return None

        def load(module: ModuleType, real: Callable[[ModuleType], None]) -> None:
            with _stood_in(self._left[fullname]):
                real(module)

        return spec_with(load, fullname, path, target)


def spec_with(
    load: Callable[[ModuleType, Callable[[ModuleType], None]], None],
    fullname: str,
    path: Sequence[str] | None,
    target: ModuleType | None = None,
) -> ModuleSpec | None:
    """The spec of a module that `load` loads; for finders that change how a library is imported.

    Args:
        load: is given the module and the function that loads it.
        fullname: of the module.
        path: as `MetaPathFinder.find_spec` has it.
        target: the same.
    """
    spec = PathFinder.find_spec(fullname, path, target)
    if spec is not None and spec.loader is not None:
        loader: Any = spec.loader
        real = loader.exec_module
        loader.exec_module = lambda module: load(module, real)
    return spec


def leave_for_later(left: Mapping[str, Sequence[str]] = LEFT) -> None:
    """From now on leave modules out while others are imported.

    Args:
        left: the modules' names by those of the others. What is imported already stays.
    """
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(left))


@contextmanager
def _stood_in(names: Sequence[str]) -> Iterator[None]:
    placed = {name: _StandIn(name) for name in names if name not in sys.modules}
    sys.modules.update(placed)
    try:
        yield
    finally:
        for name, stand_in in placed.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


def _put_in_place() -> None:
    """Replace each `Later` in the modules of the importing libraries by its thing."""
    roots = tuple(name.split(".")[0] for name in LEFT)
    for name, module in list(sys.modules.items()):
        if name.startswith(roots):
            for key, value in list(vars(module).items()):
                if isinstance(value, Later):
                    setattr(module, key, value._thing())


def _standing() -> list[str]:
    return [name for names in LEFT.values() for name in names if isinstance(sys.modules.get(name), _StandIn)]
