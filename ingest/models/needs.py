"""What a model needs on this machine: optional packages, folders, a device."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from ingest.errors import ModelError

_T = TypeVar("_T")
_EXTRA = "安装方法：pip install 'jiwen[{extra}]'（在源码文件夹里：pip install '.[{extra}]'）。"


def need_package(module: str, extra: str, setting: str) -> None:
    """Check that an optional package is installed.

    Raises:
        ModelError: it is not; the message says how to install it.
    """
    try:
        found = find_spec(module) is not None
    except ModuleNotFoundError:  # of a parent package
        found = False
    if not found:
        raise ModelError(f"{setting} 需要的软件包 {module} 没有安装。{_EXTRA.format(extra=extra)}")


def need_model_folder(name: str, setting: str) -> str:
    """The folder or id of a `transformers` model.

    A name that looks like a path must be a folder that holds a model; any other is an id, which
    `transformers` looks up in its cache or downloads.

    Raises:
        ModelError: the folder is not there or holds no model.
    """
    path = Path(name).expanduser()
    if not (path.exists() or path.is_absolute() or name.startswith((".", "~"))):
        return name
    if not path.is_dir():
        raise ModelError(f"设置 {setting} 指的文件夹不存在：{name}。请检查路径，或改写为模型的编号。")
    if not (path / "config.json").exists():
        raise ModelError(
            f"设置 {setting} 指的文件夹里没有 config.json：{name}。应为 transformers 格式的模型文件夹。"
        )
    return str(path)


def load_or_explain(load: Callable[..., _T], name: str, setting: str, **options: object) -> _T:
    """Call a `from_pretrained` and say in words what went wrong where it fails.

    Raises:
        ModelError: the model cannot be loaded.
    """
    try:
        return load(name, **options)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ModelError(
            f"载入设置 {setting} 指的模型失败：{name}（{reason}）。"
            "请检查名称或文件夹；本机没有该模型又不能联网时，请先下载到文件夹再填写路径。"
        ) from error


def device_name() -> str:
    """Where models run: the graphics card if PyTorch sees one, else the processor."""
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"
