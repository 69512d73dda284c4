"""The shipped source is the plan as extracted, byte for byte."""

import hashlib

from ingest.settings import SHIPPED_SOURCE

SHA256 = "9cec805d6210b5c0d7cf4942b2efaf891547e03f2be74787851620399d77eda1"


def test_source_is_byte_identical():
    content = SHIPPED_SOURCE.read_bytes()
    assert len(content) == 289_546
    assert hashlib.sha256(content).hexdigest() == SHA256


def test_source_says_where_it_is_from():
    note = (SHIPPED_SOURCE.parent / "README.md").read_text(encoding="utf-8")
    assert SHIPPED_SOURCE.name in note
    assert "289,546" in note
