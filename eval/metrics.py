"""Metrics: each a small function whose docstring gives its formula and where it comes from.

Every metric is a ratio of sums over questions: a function gives a numerator and a denominator for one
case, or None where the metric does not apply to it. A mean over questions has the denominator 1, a share of
citations or figures has their number.
"""

from collections.abc import Callable
from dataclasses import dataclass

from eval import ranking
from eval.case import Case

Share = tuple[float, float]
Measure = Callable[[Case], Share | None]


@dataclass(frozen=True)
class Metric:
    """A metric: its name, its Chinese label, what it says in one line, and how it is measured."""

    name: str
    label: str
    about: str
    measure: Measure
    group: str  # answers, refusals, fidelity, retrieval or judge
    higher_is_better: bool = True


def right(case: Case) -> Share:
    """Accuracy: right answers / questions (all of them, refusals included).

    Right is strict: every fact of the known answer held after normalisation, nothing forbidden, and one
    citation from an acceptable place; or a refusal where the plan has no answer.
    """
    return float(case.right), 1.0


def facts_right(case: Case) -> Share | None:
    """Exact match of facts: answers that hold every fact and nothing forbidden / answerable questions.

    Exact match as in SQuAD (Rajpurkar et al. 2016), taken over the set of facts instead of a span.
    """
    if not case.record.answerable:
        return None
    return float(not case.refused and case.facts_right), 1.0


def facts_recall(case: Case) -> Share | None:
    """Fact recall: mean over answerable questions of facts held / facts of the known answer.

    The nugget recall of TREC QA (Voorhees 2003).
    """
    if not case.record.answerable or not case.record.facts:
        return None
    return sum(case.facts_held) / len(case.facts_held), 1.0


def citation_precision(case: Case) -> Share | None:
    """Citation precision: mean over cited answers of citations at an acceptable place / all citations.

    ALCE (Gao et al. 2023) with known places in the stead of an entailment model.
    """
    if not case.record.answerable or not case.citations_right:
        return None
    return sum(case.citations_right) / len(case.citations_right), 1.0


def citation_recall(case: Case) -> Share | None:
    """Citation recall: mean over answerable questions of facts held in a cited quotation / facts.

    ALCE (Gao et al. 2023): what is claimed must be supported by what is cited.
    """
    if not case.record.answerable or not case.record.facts:
        return None
    return sum(case.facts_quoted) / len(case.facts_quoted), 1.0


def first_citation_right(case: Case) -> Share | None:
    """First citation right: answers whose first citation is at an acceptable place / answerable questions."""
    if not case.record.answerable or not case.record.places:
        return None
    return float(bool(case.citations_right) and case.citations_right[0]), 1.0


def page_right(case: Case) -> Share | None:
    """Page right: answers whose first citation names a page of an acceptable place / answerable questions."""
    pages = {page for place in case.record.places for page in place.pages}
    if not case.record.answerable or not pages:
        return None
    first = case.answer.citations[:1]
    return float(bool(first) and bool(pages & set(first[0].pages))), 1.0


def quotation_fidelity(case: Case) -> Share | None:
    """Quotation fidelity: quotations that are verbatim in the source / all quotations.

    Verbatim means: equal to their span of the plan's text, and found, white space aside, in the shipped
    source after its characters are mended.
    """
    count = len(case.answer.citations)
    return (count - len(case.quotations_false), count) if count else None


def page_fidelity(case: Case) -> Share | None:
    """Page fidelity: citations that name just the pages of their quotation / all citations."""
    count = len(case.answer.citations)
    return (count - len(case.pages_false), count) if count else None


def number_fidelity(case: Case) -> Share | None:
    """Number fidelity: figures (with unit) that stand in a quotation their sentence cites / all figures."""
    total, wrong = case.numbers
    return (total - len(wrong), total) if total else None


def refusal_precision(case: Case) -> Share | None:
    """Refusal precision: refusals of questions the plan does not answer / all refusals."""
    return (float(not case.record.answerable), 1.0) if case.refused else None


def refusal_recall(case: Case) -> Share | None:
    """Refusal recall: refusals / questions the plan does not answer.

    The rejection rate of RGB (Chen et al. 2024).
    """
    return None if case.record.answerable else (float(case.refused), 1.0)


def over_refusal(case: Case) -> Share | None:
    """Over-refusal rate: refusals / questions the plan does answer (as in XSTest, Röttger et al. 2024)."""
    return (float(case.refused), 1.0) if case.record.answerable else None


def status_right(case: Case) -> Share:
    """Status right: answers with the expected status / questions; `partial` counts as answered."""
    found = "answered" if case.answer.status == "partial" else case.answer.status
    return float(found == case.record.status and case.error is None), 1.0


def length(case: Case) -> Share | None:
    """Length: characters of the answers' text, marks and white space aside / answers (refusals left out)."""
    return None if case.refused else (float(ranking.text_length(case.answer.text)), 1.0)


def _judged(name: str) -> Measure:
    def measure(case: Case) -> Share | None:
        return (case.judged[name], 1.0) if name in case.judged else None

    return measure


METRICS: tuple[Metric, ...] = (
    Metric("right", "整体正确", "要点齐全、无禁用内容且出处正确，或应拒而拒 ÷ 全部问题", right, "answers"),
    Metric("facts_right", "要点正确", "要点全部出现且无禁用内容 ÷ 可答问题", facts_right, "answers"),
    Metric("facts_recall", "要点召回", "出现的要点 ÷ 应有要点，按问题平均", facts_recall, "answers"),
    Metric(
        "citation_precision",
        "出处精确率",
        "位置正确的出处 ÷ 全部出处，按回答平均",
        citation_precision,
        "answers",
    ),
    Metric(
        "citation_recall", "出处召回率", "引文中含有的要点 ÷ 应有要点，按问题平均", citation_recall, "answers"
    ),
    Metric(
        "first_citation_right", "首条出处正确", "首条出处位置正确 ÷ 可答问题", first_citation_right, "answers"
    ),
    Metric("page_right", "页码正确", "首条出处的页码是可接受的页码 ÷ 可答问题", page_right, "answers"),
    Metric(
        "length",
        "回答字数",
        "回答的字数（出处标记和空白除外），按回答平均，拒答不计",
        length,
        "answers",
        False,
    ),
    Metric(
        "quotation_fidelity", "引文逐字", "与原文逐字一致的引文 ÷ 全部引文", quotation_fidelity, "fidelity"
    ),
    Metric("page_fidelity", "页码属实", "页码与引文所在页一致的出处 ÷ 全部出处", page_fidelity, "fidelity"),
    Metric(
        "number_fidelity",
        "数字有据",
        "所在句引文中有的数字（连同单位）÷ 回答中的数字",
        number_fidelity,
        "fidelity",
    ),
    Metric("refusal_precision", "拒答精确率", "应拒的拒答 ÷ 全部拒答", refusal_precision, "refusals"),
    Metric("refusal_recall", "拒答召回率", "拒答 ÷ 应拒问题", refusal_recall, "refusals"),
    Metric("over_refusal", "误拒率", "拒答 ÷ 可答问题", over_refusal, "refusals", higher_is_better=False),
    Metric("status_right", "状态正确", "状态与预期一致 ÷ 全部问题", status_right, "refusals"),
    Metric("hit@1", "命中率@1", "首段即相关 ÷ 可答问题", ranking.hit_rate(1), "retrieval"),
    Metric("hit@5", "命中率@5", "前5段中有相关段 ÷ 可答问题", ranking.hit_rate(5), "retrieval"),
    Metric("hit@10", "命中率@10", "前10段中有相关段 ÷ 可答问题", ranking.hit_rate(10), "retrieval"),
    Metric(
        "mrr", "MRR", "首个相关段名次的倒数，按问题平均（前10段）", ranking.reciprocal_rank(10), "retrieval"
    ),
    Metric("ndcg@10", "nDCG@10", "前10段的归一化折损累计增益，相关度取0或1", ranking.ndcg(10), "retrieval"),
    Metric(
        "recall@5", "召回率@5", "前5段中的相关段 ÷ 全部相关段，按问题平均", ranking.recall(5), "retrieval"
    ),
    Metric(
        "recall@10", "召回率@10", "前10段中的相关段 ÷ 全部相关段，按问题平均", ranking.recall(10), "retrieval"
    ),
    Metric("facts@5", "要点在前5段", "全部要点都在前5段中 ÷ 可答问题", ranking.facts_within(5), "retrieval"),
    Metric(
        "faithfulness",
        "忠实（模型评）",
        "语言模型判定回答有引文支持 ÷ 所评回答",
        _judged("faithfulness"),
        "judge",
    ),
    Metric(
        "relevancy", "切题（模型评）", "语言模型判定回答切合问题 ÷ 所评回答", _judged("relevancy"), "judge"
    ),
)
