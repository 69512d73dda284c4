"""Temporary files in the data folder, so that a process needs no other place to write to."""

import os
import tempfile
from pathlib import Path

from ingest.errors import SettingsError

_NAME = "TMPDIR"  # read by tempfile and, in C, by SQLite


def keep_temporary_files_in(data: Path) -> None:
    """Let this process and those it starts put temporary files into `tmp` of the data folder.

    To be called before gradio is imported, which looks for a place at once. A place that the environment
    names is left as it is; so is the system's where the data folder cannot be written to, since a read-only
    one serves its index all the same.

    Args:
        data: the data folder.

    Raises:
        SettingsError: there is no place to write to, neither there nor in the system.
    """
    if os.environ.get(_NAME):
        return
    folder = data.resolve() / "tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        _need_some_place(data)
        return
    os.environ[_NAME] = str(folder)
    tempfile.tempdir = None  # looked up anew, whoever asked before


def _need_some_place(data: Path) -> None:
    try:
        tempfile.gettempdir()
    except FileNotFoundError as error:
        raise SettingsError(
            f"没有可以写入的地方：数据文件夹 {data} 和系统的临时文件夹都不能写入。"
            "请给数据文件夹写入权限，或用设置 JIWEN_DATA 换一个文件夹。"
        ) from error
