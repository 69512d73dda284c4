"""The engine: one question in, one `Answer` out; the same for all that ask."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import TextNode

from bot import followup
from bot.answer import Answer
from bot.compose import indicators
from bot.compose.context import Context
from bot.compose.route import draft_for
from bot.draft import Draft, Quote, echoed
from bot.earlier import Earlier, Told
from bot.judge import Evidence, Judge
from bot.lexicon import load_data
from bot.llm import Ground, writer_for
from bot.period import last_year, short_name
from bot.question import Question, clean
from bot.reading import PlanReader
from bot.readings import other_place, other_reading
from bot.replies import courtesy, fixed_reply, input_problem, refusal
from bot.retrieve import PlanRetriever
from bot.sentence_scorer import SentenceScorer
from bot.suggest import suggestions_for
from bot.trace import trace_of
from bot.unmet import Quoted
from bot.verify import faults_of, kept
from ingest.errors import ModelError, VectorServerError
from ingest.index import PlanIndex, Progress, open_index
from ingest.models.build import language_model_from, reranker_from
from ingest.numerals import chinese_numeral
from ingest.plan import Indicator, Term
from ingest.settings import Settings
from ingest.sounds import use_phrases
from prompts import wording

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from bot.llm.writer import Writer

_log = logging.getLogger(__name__)


class Engine:
    """Answers questions about one plan; safe to use from several threads.

    Args:
        index: an open index.
        settings: limits on questions and history.
        weights: of ranking features, in place of `ranking.toml`'s (0 switches a feature off).
        threshold: of the judge of evidence, in place of `judge.toml`'s.
        writer: words answers with a language model; without one they are verbatim.
        reranker: puts the best passages in order, if one is wanted.
    """

    def __init__(
        self,
        index: PlanIndex,
        settings: Settings,
        weights: Mapping[str, float] | None = None,
        threshold: float | None = None,
        writer: "Writer | None" = None,
        reranker: BaseNodePostprocessor | None = None,
    ) -> None:
        self.index = index
        self.settings = settings
        self.writer = writer
        self.retriever = PlanRetriever(
            index, weights=weights, reranker=reranker, rerank_top=settings.reranker_top
        )
        self.judge = Judge(
            self.retriever.features,
            last_year(index.plan.title),
            short_name(index.plan.title),
            threshold=threshold,
        )
        self.reader = PlanReader(self.retriever)
        self.earlier = Earlier()
        self.rules = load_data("compose.toml")
        weights_of_signs = load_data("ranking.toml")["sentence"]
        self.scorer = SentenceScorer(
            index.lexical, index.embedding, weights_of_signs, self.retriever.vector_of
        )

    def ask(self, question: str, history: Sequence[str] = ()) -> Answer:
        """Answer a question.

        Args:
            question: as typed; anything unusable gives status "invalid" with what to do.
            history: the earlier questions of the conversation, oldest first.

        Returns:
            An answer whose every sentence is verbatim from its citations, or worded by the language model and
            checked against them; or a refusal without citations.
        """
        *_, answer = self.stream(question, history)
        return answer

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[Answer]:
        """Answer as `ask` does, giving the answer as it grows; without a language model it comes at once.

        Each answer takes the place of the one before, whose text it need not begin with: where the model's
        wording does not hold, the verbatim answer comes last.
        """
        started = time.perf_counter()
        cleaned = clean(question) if isinstance(question, str) else ""
        problem = input_problem(question, cleaned, self.settings.max_question)
        if problem:
            shown = cleaned[: self.settings.max_question]
            yield Answer("invalid", problem, question=shown).timed({"total": _since(started)})
            return
        try:
            before = self._usable(history)
            verbatim, ground = self._answer(cleaned, before, started)
            self.earlier.keep(cleaned, before, Told(verbatim.citations, verbatim.value))
        except (ModelError, VectorServerError) as error:  # a service is down: nothing can be found without it
            down = Answer("invalid", str(error), question=cleaned, trace={"kind": "unavailable"})
            yield down.timed({"total": _since(started)})
            return
        answers = self.writer.stream(verbatim, ground) if self.writer and ground else iter((verbatim,))
        for answer in answers:
            yield answer.timed({**answer.timings, "total": _since(started)})

    @property
    def llm(self) -> "LLM | None":
        """The language model, if one is configured."""
        return self.writer.llm if self.writer else None

    def term(self, name: str) -> Term | None:
        """The glossary term meant by `name` (aliases, pinyin and slips included)."""
        return next(iter(self.retriever.keys.find(self._read_name(name)).terms), None)

    def indicators(self, name: str) -> tuple[Indicator, ...]:
        """The rows of 主要指标 meant by `name`."""
        return self.retriever.keys.find(self._read_name(name)).indicators

    def _read_name(self, name: str) -> str:
        # What is longer than a question is no name, and slips in it would be looked for for minutes.
        return self.reader.read(clean(name)[: self.settings.max_question]).text

    def _usable(self, history: Sequence[str]) -> list[str]:
        most = self.settings.max_history
        earlier = [
            clean(entry)[: self.settings.max_question]
            for entry in list(history)[-most:]
            if isinstance(entry, str)
        ]
        return [entry for entry in earlier if entry] if most else []

    def _answer(self, cleaned: str, history: list[str], started: float) -> tuple[Answer, Ground | None]:
        """The verbatim answer, and what it stands on if it is one from the plan."""
        polite = courtesy(self.reader.read(cleaned))
        if polite:
            return Answer("out_of_scope", polite, question=cleaned, trace={"kind": "out_of_scope"}), None
        resolved = followup.resolve(cleaned, history, replace(self.reader.known, item=self._item))
        if self.writer and resolved.carried and not resolved.more:
            resolved = replace(resolved, text=self.writer.condense(cleaned, history, resolved.text))
        answer, ground = self._answer_resolved(resolved, history, started)
        if resolved.apart and self._says_the_same(answer, history):
            apart = self._answer_resolved(replace(resolved, text=resolved.apart), history, started)
            if apart[0].status == "answered":
                return apart
        if answer.status == "not_in_plan" and resolved.alone:
            alone = self._answer_resolved(replace(resolved, text=resolved.alone), history, started)
            if alone[0].status == "answered":
                return alone
        if answer.status == "not_in_plan" and not resolved.more:
            mended = self.reader.mended(resolved.text)
            if mended != self.reader.read(resolved.text).text:
                second = self._answer_resolved(replace(resolved, text=mended, carried=True), history, started)
                if second[0].status == "answered":
                    return second
        return answer, ground

    def _with_other_reading(self, answer: Answer, question: Question, started: float) -> Answer:
        """An answer about the province names its namesake, where the plan has another answer for that."""
        other = other_reading(question)
        if not other:
            return answer
        second, _ = self._answer_resolved(followup.Resolved(other), [], started)
        first = next(iter(second.citations), None)
        if first is None or other_place() not in first.quote or first.quote in answer.text:
            return answer
        text = f"{answer.text}\n\n{wording('answer.province', question=other)}"
        return replace(answer, text=text, suggestions=(other, *answer.suggestions)[:3])

    def _says_the_same(self, answer: Answer, history: list[str]) -> bool:
        """Whether an answer to a follow-up begins as the one before it: the old topic drowned the new one."""
        if not answer.citations:
            return False
        earlier = self._earlier(history[-1], history[:-1])
        same = bool(earlier.citations) and earlier.citations[0].quote == answer.citations[0].quote
        return same and earlier.value == answer.value  # one row has the figures of 城镇 and 农村

    def _earlier(self, question: str, history: list[str]) -> Told:
        """What the answer to an earlier question of the conversation told."""

        def answer() -> Told:
            found, _ = self._answer(question, history, time.perf_counter())
            return Told(found.citations, found.value)

        return self.earlier.told(question, history, answer)

    def _answer_resolved(
        self, resolved: followup.Resolved, history: list[str], started: float
    ) -> tuple[Answer, Ground | None]:
        question = self.reader.read(resolved.text)
        keys = self.reader.keys(question)
        reply = fixed_reply(question, keys)
        if reply:
            trace = {"kind": "out_of_scope"}
            return Answer("out_of_scope", reply, question=resolved.text, trace=trace), None
        timings = {"understand": _since(started)}
        ranking = self.retriever.rank(question, keys)
        timings |= ranking.timings
        told = self._told(history, resolved.more)
        if told:
            ranking = ranking.raised(self._beside(told), self.rules["more"]["beside"])
        context = Context(
            self.index,
            question,
            keys,
            ranking,
            self.scorer,
            self.rules,
            told,
        )
        begun = time.perf_counter()
        kind, draft, weighed, judged = self._compose(context)
        if draft is not None:
            draft = self._verified(draft)
        timings["compose"] = _since(begun)
        trace = trace_of(kind, self.index.passages, ranking, weighed, judged=judged)
        best = [node for node, _ in context.ranked]
        if draft is None or not draft.quotes:
            status, text = self._refuse(context, weighed, resolved.more)
            suggestions = suggestions_for(best, question.text) if status == "not_in_plan" else ()
            refused = Answer(
                status, text, suggestions=suggestions, question=resolved.text, timings=timings, trace=trace
            )
            return refused, None
        understood = wording("answer.understood", question=echoed(resolved.text)) if resolved.carried else ""
        text = f"{understood}\n\n{draft.text()}" if understood else draft.text()
        cited = {quote.node.node_id for quote in draft.quotes}
        answer = Answer(
            "answered",
            text,
            draft.citations(),
            value=draft.value,
            suggestions=suggestions_for([node for node in best if node.node_id not in cited], question.text),
            question=resolved.text,
            timings=timings,
            trace=trace,
        )
        if not resolved.carried:
            answer = self._with_other_reading(answer, question, started)
        return answer, Ground(kind, resolved.text, tuple(best), draft, understood)

    def _compose(self, context: Context) -> tuple[str, Draft | None, Evidence, bool]:
        """The kind of answer, the draft (None: not in the plan), the evidence, and whether it decided."""
        routed = draft_for(context, self.reader.ranked)
        kind, draft, sure = routed.kind, routed.draft, routed.sure
        quotes = [self._quoted(quote, draft) for quote in draft.quotes] if draft else []
        weighed = self.judge.weigh(context.question, context.keys, context.ranking, quotes)
        untold = (
            kind == "indicator"
            and not indicators.tells(context.question, context.period, context.table_years)
        ) or (draft is not None and not draft.value and indicators.in_another_unit(context))
        if not sure and (untold or not weighed.enough):
            return "not_in_plan", None, weighed, not untold
        return kind, draft, weighed, not sure

    def _quoted(self, quote: Quote, draft: Draft) -> Quoted:
        """A quotation as the judge reads it, with the name it stands under."""
        metadata, start = quote.node.metadata, quote.node.metadata["start"]
        text = f"{metadata.get('lead') or metadata.get('title', '')}：{draft.read(quote.span)}"
        at = self.retriever.position(quote.node.node_id)
        return Quoted(text, at, quote.span.start - start, quote.span.end - start)

    def _verified(self, draft: Draft) -> Draft:
        faults = faults_of(draft)
        if faults:  # a composer's mistake: said in the log, never to the user
            _log.error("dropped from an answer: %s", faults)
            return kept(draft)
        return draft

    def _refuse(self, context: Context, weighed: Evidence, more: int) -> tuple[Any, str]:
        if more:
            return "not_in_plan", wording("answer.more_none")
        nearest = next(
            (self._section_title(node) for node, _ in context.ranked if node.metadata.get("chapter")), ""
        )
        return refusal(context.question, weighed, nearest)

    def _section_title(self, node: TextNode) -> str:
        chapter = self.index.plan.chapters[node.metadata["chapter"] - 1]
        number = node.metadata.get("section") or 0
        title = next((s.title for s in chapter.sections if s.number == number), "") or chapter.title
        where = f"第{chinese_numeral(chapter.number)}章" + (
            f"第{chinese_numeral(number)}节" if number else ""
        )
        inner = title.replace("“", "‘").replace("”", "’")
        return f"{where}“{inner}”"

    def _item(self, text: str, number: int) -> str:
        """The name of the n-th listed thing in the answer to a self-contained question."""
        cited = self._earlier(text, []).citations
        listed = [self.index.by_id[citation.passage_id] for citation in cited if citation.kind != "outline"]
        names = [str(node.metadata["lead"]) for node in listed if node.metadata.get("lead")]
        try:
            return names[number - 1 if number > 0 else number]
        except IndexError:
            return ""

    def _beside(self, told: Mapping[str, tuple[str, ...]]) -> list[int]:
        """The passages of the 专栏 and sections that earlier answers have quoted."""
        lists = {_list_of(self.index.by_id[passage_id]) for passage_id in told}
        return [at for at, node in enumerate(self.index.passages) if _list_of(node) in lists]

    def _told(self, history: list[str], more: int) -> dict[str, tuple[str, ...]]:
        """What the answers before a 「还有呢」 have quoted, by passage."""
        told: dict[str, tuple[str, ...]] = {}
        for k in range(more):
            for citation in self._earlier(history[-1 - k], history[: -1 - k]).citations:
                told[citation.passage_id] = (*told.get(citation.passage_id, ()), citation.quote)
        return told


def open_engine(
    settings: Settings,
    progress: Progress | None = None,
    weights: Mapping[str, float] | None = None,
    threshold: float | None = None,
) -> Engine:
    """Open the engine over the settings' plan, building the index first if there is none that fits.

    Where the settings have a folder of other plans, it is a `bot.plans.engine.LibraryEngine` over them all.

    Raises:
        JiwenError: a setting is wrong, a model cannot be loaded, the source is no plan, or no index can be
            built; the message is for the user.
    """
    # Models before the index: what is wrong with their settings is told at once.
    llm, reranker = language_model_from(settings), reranker_from(settings)
    index = open_index(settings, progress=progress)
    if settings.plans is None:  # the words of other plans may want other phrases
        use_phrases(index.phrases)
    engine = Engine(index, settings, weights, threshold, writer_for(llm, index, settings), reranker)
    if settings.plans is None:
        return engine
    from bot.plans.engine import open_plans

    return open_plans(engine, llm, progress)


def _list_of(node: TextNode) -> tuple[object, ...]:
    """The 专栏 or section in which a passage stands, its kind with it."""
    metadata = node.metadata
    return metadata["kind"], metadata.get("box"), metadata.get("chapter"), metadata.get("section")


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
