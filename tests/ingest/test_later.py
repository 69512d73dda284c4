"""Libraries left for later: not imported with what imports them, and real when they are used."""

import subprocess
import sys

import pytest


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_what_nobody_uses_is_not_imported():
    code = (
        "import bot.engine, chromadb, sys;"
        "print(*(name for name in sys.modules if name.split('.')[0] in ('sqlalchemy', 'grpc')))"
    )
    assert run(code) == []


@pytest.mark.parametrize("before", ["", "import sqlalchemy;"])
def test_llama_index_keeps_conversations_in_data_bases_all_the_same(before):
    code = f"""
{before}
import asyncio
import ingest
from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.memory import Memory

async def keep():
    memory = Memory.from_defaults(session_id="one")
    await memory.aput(ChatMessage(content="黑土地"))
    return await memory.aget()

print(*(message.content for message in asyncio.run(keep())))
"""
    assert run(code) == ["黑土地"]


def test_llama_index_reads_data_bases_all_the_same():
    code = """
import ingest
from llama_index.core import SQLDatabase
from sqlalchemy import create_engine

print(SQLDatabase(create_engine("sqlite://")).run_sql("select 5")[0])
"""
    assert run(code) == ["[(5,)]"]


def test_chroma_sends_traces_all_the_same():
    code = """
import ingest
from chromadb.telemetry.opentelemetry import OTLPSpanExporter

print(type(OTLPSpanExporter(endpoint="http://127.0.0.1:1")).__module__)
"""
    assert run(code) == ["opentelemetry.exporter.otlp.proto.grpc.trace_exporter"]


def test_a_class_may_be_derived_and_checked():
    code = """
import ingest
from llama_index.core.memory.memory import AsyncEngine
import sqlalchemy.ext.asyncio as real

class Own(AsyncEngine):
    pass

print(issubclass(Own, real.AsyncEngine), isinstance(5, AsyncEngine), issubclass(Own, AsyncEngine))
"""
    assert run(code) == ["True", "False", "True"]
