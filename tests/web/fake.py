"""A small engine over the real plan: it finds sentences by shared characters, enough to drive the page."""

from dataclasses import dataclass, field
from functools import cached_property

from bot.answer import Answer, Citation
from ingest.plan import Plan


@dataclass(frozen=True)
class FakeIndex:
    plan: Plan
    passages: tuple

    @cached_property
    def by_id(self):
        return {node.node_id: node for node in self.passages}


@dataclass
class FakeEngine:
    index: FakeIndex
    asked: list = field(default_factory=list)
    queued: list = field(default_factory=list)
    queued_steps: list = field(default_factory=list)  # the answers of one growing answer

    def enqueue(self, answer: Answer) -> None:
        self.queued.append(answer)

    def ask(self, question, history=()):
        self.asked.append((question, tuple(history)))
        if self.queued:
            return self.queued.pop(0)
        if not isinstance(question, str):
            return Answer("invalid", "问题应为文字（字符串）。")
        if not question.strip():
            return Answer("invalid", "请输入您想了解的问题。")
        if len(question) > 300:
            return Answer("invalid", "问题太长了，请说得短一些。")
        found = self._find(question)
        if not found:
            return Answer("not_in_plan", "规划没有说到您问的内容。", question=question)
        citations = tuple(self._cite(n, node, quote) for n, (node, quote) in enumerate(found, 1))
        text = "\n".join(f"- {' '.join(c.quote.split())}[{c.n}]" for c in citations)
        return Answer("answered", text, citations, suggestions=("梨树模式是什么？",), question=question)

    def stream(self, question, history=()):
        yield from self.queued_steps or [self.ask(question, history)]
        self.queued_steps = []

    def term(self, name):
        return next((t for t in self.index.plan.terms if name in (t.name, *t.aliases)), None)

    def indicators(self, name):
        table = self.index.plan.indicator_table()
        return tuple(row for row in table[2].indicators if name in row.full_name) if table else ()

    def _find(self, question):
        wanted = {question[i : i + 2] for i in range(len(question) - 1)}
        scored = []
        for node in self.index.passages:
            if node.metadata["kind"] == "outline":
                continue
            score = sum(pair in node.text for pair in wanted)
            if score >= 3:
                scored.append((-score, node.metadata["start"], node))
        return [(node, node.text) for _, _, node in sorted(scored, key=lambda s: s[:2])[:3]]

    def _cite(self, n, node, quote):
        m = node.metadata
        pages = tuple(int(page) for page in m["pages"].split(","))
        start = m["start"] + node.text.index(quote)
        return Citation(
            n, node.node_id, m["kind"], m.get("chapter"), m.get("section"), m.get("box"), m.get("term"),
            pages, m["place"], quote, start, start + len(quote),
        )  # fmt: skip
