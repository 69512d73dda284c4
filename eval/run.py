"""The run: ask every known question, hold the answers against what is known, sum up."""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot.answer import Answer
from eval.case import Case, Truth
from eval.config import Config, config_fingerprint, question_key
from eval.places import Passage
from eval.proof import Proof
from eval.records import EvaluationError, KnownAnswer
from eval.store import AnswerStore

Progress = Callable[[int, int], None]  # questions done, questions in all


class System(Protocol):
    """What can be evaluated: the engine, or a baseline."""

    def ask(self, question: str, history: Sequence[Any] = ()) -> Answer:
        """Answer a question."""
        ...


class Judge(Protocol):
    """Judges an answer by a language model (`eval.judge`)."""

    def judge(self, question: str, answer: Answer) -> dict[str, float]:
        """Metrics of one answer, each 0 or 1."""
        ...


@dataclass(frozen=True)
class Subject:
    """A system under evaluation with its passages, and the truth it is held against."""

    system: System
    passages: Mapping[str, Passage]
    truth: Truth
    name: str
    fingerprint: str

    def language_judge(self) -> Judge:
        """The judge over the language model that the engine is configured with.

        Raises:
            EvaluationError: none is configured.
        """
        from eval.judge import LanguageJudge

        llm = getattr(self.system, "llm", None)
        if llm is None:
            raise EvaluationError("没有配置语言模型，不能用 --judge。请先在设置中配置语言模型。")
        return LanguageJudge(llm)


def open_subject(config: Config, progress: Callable[[str, int, int], None] | None = None) -> Subject:
    """Open the engine in a configuration.

    The truth is the plan that the configuration's source holds, read by the shipped reader.

    Raises:
        JiwenError: a setting is wrong or the index cannot be built.
    """
    from bot.engine import open_engine

    settings = config.load_settings()
    engine = open_engine(
        settings, progress=progress, weights=dict(config.weights) or None, threshold=config.threshold
    )
    raw = settings.source.read_text(encoding="utf-8")
    passages = {node.node_id: Passage.of_node(node) for node in engine.index.passages}
    truth = Truth(tuple(passages.values()), Proof(engine.index.plan, raw))
    return Subject(engine, passages, truth, config.name, config_fingerprint(config, settings))


def select(
    records: Iterable[KnownAnswer], kinds: Sequence[str] = (), only: Sequence[str] = ()
) -> list[KnownAnswer]:
    """The records of some kinds, or with some ids; all of them where neither is named.

    Raises:
        EvaluationError: an id or kind has no record.
    """
    found = list(records)
    if only:
        missing = sorted(set(only) - {record.id for record in found})
        if missing:
            raise EvaluationError(f"没有编号为 {'、'.join(missing)} 的已知答案。请检查 --only 和 --split。")
        return [record for record in found if record.id in only]
    if kinds:
        found = [record for record in found if record.kind in kinds]
        if not found:
            raise EvaluationError(f"没有类型为 {'、'.join(kinds)} 的已知答案。请检查 --kind 和 --split。")
    return found


def run(
    subject: Subject,
    records: Sequence[KnownAnswer],
    store: AnswerStore | None = None,
    progress: Progress | None = None,
    judge: Judge | None = None,
) -> list[Case]:
    """Ask the questions of `records`; answers that `store` has are taken from there.

    Args:
        subject: the system.
        records: the known answers.
        store: finished answers are looked up and kept here.
        progress: called after every question.
        judge: a language model's judgement of every answer, if one is wanted.
    """
    cases: list[Case] = []
    if records and (store is None or any(store.get(question_key(record)) is None for record in records)):
        _ask(
            subject.system, records[0]
        )  # a dictionary or tokenizer loaded at first is no question's own time
    for done, record in enumerate(records, 1):
        key = question_key(record)
        kept = store.get(key) if store else None
        if kept is None or (judge and not kept[1]):
            answer = kept[0] if kept else _ask(subject.system, record)
            failed = "error" in answer.trace
            judged = judge.judge(record.question, answer) if judge and not failed else {}
            if store and not failed:
                store.put(key, answer, judged)
        else:
            answer, judged = kept
        cases.append(Case(record, answer, subject.truth, subject.passages, judged))
        if progress:
            progress(done, len(records))
    return cases


def _ask(system: System, record: KnownAnswer) -> Answer:
    # A question that breaks the system is a miss to be reported, not the end of the run.
    try:
        return system.ask(record.question, list(record.history))
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        told = f"{type(error).__name__}: {error}（{Path(where.filename).name} 第 {where.lineno} 行）"
        return Answer("invalid", "", question=record.question, trace={"error": told})


def open_store(folder: Path, subject: Subject, *, fresh: bool = False) -> AnswerStore:
    """The store of a subject's finished answers in an output folder."""
    return AnswerStore(folder, subject.fingerprint, fresh=fresh)
