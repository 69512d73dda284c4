"""The page on security names the tests that prove it: all of them exist, and no table is without."""

import ast
import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def test_every_named_test_exists():
    assert len(NAMED) > 30
    missing = []
    for file, name in NAMED:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        if name not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            missing.append(f"{file}::{name}")
    assert not missing


def test_every_fault_and_every_bad_input_has_its_test():
    for title in ("## 故障", "## 坏输入"):
        rows = [line for line in PAGE.split(title)[1].split("\n## ")[0].splitlines() if line.startswith("| ")]
        assert len(rows) > 10
        assert not [row for row in rows[2:] if "`tests/" not in row]
