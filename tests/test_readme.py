"""What the README shows: its examples are those that other tests run, and its pictures are there."""

import re
from pathlib import Path

import pytest

from bot.web.api_page import EXAMPLES
from ingest.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.tool for example in EXAMPLES])
def test_the_interface_examples_are_the_tested_ones(example):
    assert example.command("http://127.0.0.1:7860/") in README


def test_every_file_that_is_pointed_to_is_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_setting_that_is_named_exists():
    for name in re.findall(r"JIWEN_([A-Z_]+)`", README):
        assert name.lower() in Settings.model_fields, name


def test_every_module_command_that_is_shown_exists():
    for module in set(re.findall(r"python -m (\w+)", README)):
        assert (ROOT / module / "__main__.py").exists(), module
