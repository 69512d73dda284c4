"""Fitting the ranking and the judge of evidence: `python -m eval fit`.

All are fitted on the training questions (`eval/known/train.jsonl`), whose authors saw neither the known
answers of the other splits nor the questions written for the passages:

* ranking: the weights of `bot/ranking.toml` that make the passages which answer likeliest, by a softmax over
  all passages (ListNet's top-one loss, Cao et al. 2007), drawn towards the weights set by hand by an L2
  penalty;
* sentences: how the sentences that answer are told apart, see `eval/fit_sentences.py`;
* asking: how a question and what is left of it are worded, see `eval/fit_asking.py`;
* judge: logistic regression on the signs of `bot/judge.py`, answerable questions against the others.

The index knows these questions (`eval/fit_known.py`): what is fitted sees each of them over an index that
knows none of its author's. The threshold of the judge is then chosen on the development split and on
held-out training questions, never on the test split.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.asking import NAMES, asking_model, model_path
from bot.engine import Engine
from bot.features import FEATURES
from bot.judge import SIGNS
from bot.lexicon import load_data
from eval.fit_asking import fit_asking, held_out_scores
from eval.fit_sentences import fit_sentences, sentence_examples, sentence_hit_rate
from ingest.errors import JiwenError

TRAIN = Path(__file__).resolve().parent / "known" / "train.jsonl"
_BOT = Path(__file__).resolve().parent.parent / "bot"
_WRITTEN = ("questions", "keywords", "asked")  # features that come from the questions written for passages
_UNWRITTEN_SHARE = 0.35  # weight of the same questions with those features blank: other askers, other words
_RANK_PENALTY = 0.04
_JUDGE_PENALTY = 0.0005
_FOLDS = 10
_SOFTNESS = 4.0  # a score's unit against the softmax's: the best passages reach about 2


@dataclass(frozen=True)
class TrainingQuestion:
    """A question with the ids of the passages that answer it, the best first; none if the plan does not."""

    id: str
    question: str
    passages: tuple[str, ...]
    facts: tuple[tuple[str, ...], ...] = ()
    author: str = ""


# Training questions, with an engine that does not know them.
Fold = tuple[Engine, Sequence[TrainingQuestion]]


def load_training(path: Path = TRAIN) -> list[TrainingQuestion]:
    """Read the training questions.

    Raises:
        JiwenError: the file is missing or a line cannot be read; the message names the line.
    """
    if not path.exists():
        raise JiwenError(f"没有训练问题文件 {path.name}。")
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
            named = entry["id"], entry["question"], tuple(entry["passages"])
            facts = tuple(map(tuple, entry.get("facts", ())))
            found.append(TrainingQuestion(*named, facts, str(entry.get("author", ""))))
        except (ValueError, KeyError, TypeError) as error:
            raise JiwenError(f"{path.name} 第 {number} 行无法读取：{error}") from error
    return found


def fit_ranking(folds: Sequence[Fold], start: Mapping[str, float]) -> dict[str, float]:
    """The ranking weights that fit the questions best, near `start`; one that never varies keeps its own."""
    from scipy.optimize import minimize

    matrices, golds = [], []
    for engine, questions in folds:
        for question in questions:
            if question.passages:
                features = engine.retriever.rank(engine.reader.read(question.question)).features
                none = np.zeros(len(engine.index.passages))
                matrices.append(np.stack([features.get(name, none) for name in FEATURES], axis=1))
                golds.append([engine.retriever.position(name) for name in question.passages])
    written = [FEATURES.index(name) for name in _WRITTEN]
    first = np.array([start.get(name, 0.0) for name in FEATURES])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = 0.0, np.zeros_like(weights)
        blank = weights.copy()
        blank[written] = 0.0
        for used, share in ((weights, 1.0), (blank, _UNWRITTEN_SHARE)):
            for matrix, gold in zip(matrices, golds, strict=True):
                scores = _SOFTNESS * (matrix @ used)
                shares = np.exp(scores - scores.max())
                shares /= shares.sum()
                held = shares[gold].sum()
                total -= share * np.log(max(held, 1e-12))
                pull = shares.copy()
                pull[gold] -= shares[gold] / max(held, 1e-12)
                step = share * _SOFTNESS * (pull @ matrix)
                if used is blank:
                    step[written] = 0.0
                slope += step
        count = len(matrices)
        away = weights - first
        return total / count + _RANK_PENALTY * float(away @ away), slope / count + 2 * _RANK_PENALTY * away

    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 200})
    return {name: round(float(value), 3) for name, value in zip(FEATURES, found.x, strict=True)}


@dataclass(frozen=True)
class JudgeExamples:
    """What the judge sees of questions.

    Attributes:
        signs: one mapping a question, by the names of `SIGNS`.
        wordings: the texts that the models of wording read, one mapping a question, by their names.
        labels: 1 where the plan answers, else 0.
        judged: whether the judge decides, and not a name or place that is found outright.
    """

    signs: list[Mapping[str, float]]
    wordings: list[Mapping[str, str]]
    labels: np.ndarray
    judged: np.ndarray

    def rows(self) -> tuple[np.ndarray, np.ndarray]:
        """The signs of the questions that the judge decides, one row a question, and their labels.

        The signs of wording come from models that have not seen the question (`held_out_scores`).
        """
        held_out = {name: held_out_scores(self.texts(name), self.labels) for name in NAMES}
        rows = [
            [held_out[name][i] if name in held_out else signs[name] for name in SIGNS]
            for i, signs in enumerate(self.signs)
        ]
        return np.array(rows)[self.judged], self.labels[self.judged]

    def texts(self, name: str) -> list[str]:
        """What the model of this name reads, question by question."""
        return [texts[name] for texts in self.wordings]


def judge_examples(folds: Sequence[Fold]) -> JudgeExamples:
    """Ask the questions; those that get a fixed reply are left out."""
    found = [
        (engine.ask(entry.question).trace, float(bool(entry.passages)))
        for engine, questions in folds
        for entry in questions
    ]
    found = [(trace, label) for trace, label in found if "signs" in trace]
    return JudgeExamples(
        [trace["signs"] for trace, _ in found],
        [trace["wordings"] for trace, _ in found],
        np.array([label for _, label in found]),
        np.array([bool(trace["judged"]) for trace, _ in found]),
    )


def fit_judge(rows: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Logistic coefficients by maximum likelihood with an L2 penalty; both classes weigh the same."""
    from scipy.optimize import minimize

    design = np.hstack([np.ones((len(rows), 1)), rows])
    weight = np.where(labels == 1, 0.5 / max(labels.mean(), 1e-9), 0.5 / max(1 - labels.mean(), 1e-9))

    def loss(coefficients: np.ndarray) -> tuple[float, np.ndarray]:
        logits = design @ coefficients
        total = np.mean(weight * (np.logaddexp(0, logits) - labels * logits))
        slope = design.T @ (weight * (1 / (1 + np.exp(-logits)) - labels)) / len(labels)
        penalty = coefficients.copy()
        penalty[0] = 0.0
        return total + _JUDGE_PENALTY * float(penalty @ penalty) / 2, slope + _JUDGE_PENALTY * penalty

    found = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    return {name: round(float(value), 3) for name, value in zip(("bias", *SIGNS), found.x, strict=True)}


def held_out_probabilities(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The judge's probability for each row by coefficients fitted without its tenth."""
    found = np.zeros(len(labels))
    order = np.random.RandomState(0).permutation(len(labels))
    for fold in range(_FOLDS):
        out = order[fold::_FOLDS]
        rest = np.setdiff1d(order, out)
        coefficients = fit_judge(rows[rest], labels[rest])
        logits = coefficients["bias"] + rows[out] @ np.array([coefficients[name] for name in SIGNS])
        found[out] = 1 / (1 + np.exp(-logits))
    return found


def choose_threshold(probabilities: np.ndarray, labels: np.ndarray, most_refused: float) -> float:
    """The highest threshold at which at most `most_refused` of the answerable questions are refused."""
    answerable = np.sort(probabilities[labels == 1])
    allowed = int(len(answerable) * most_refused)
    return round(float(answerable[min(allowed, len(answerable) - 1)]) - 1e-3, 3)


def write_numbers(path: Path, section: str, values: Mapping[str, float]) -> None:
    """Put new numbers into a section of a TOML file, its comments and other lines as they are.

    Raises:
        KeyError: the section lacks one of the names.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    inside = section == ""
    left = dict(values)
    for i, line in enumerate(lines):
        if line.startswith("["):
            inside = line.strip() == f"[{section}]"
        match = re.match(r"^(\w+)( *= *)(-?[\d.]+)(.*)$", line)
        if inside and match and match[1] in left:
            lines[i] = f"{match[1]}{match[2]}{left.pop(match[1]):g}{match[4]}"
    if left:
        raise KeyError(f"{path.name} [{section}] lacks {sorted(left)}")
    path.write_text("\n".join(lines), encoding="utf-8")


def fit(
    reopen: Callable[[], tuple[Engine, Sequence[Fold]]],
    dev: Sequence[tuple[str, Sequence[str], bool]],
    most_refused: float,
) -> dict[str, float]:
    """Fit ranking and judge on the training questions, write them, choose the threshold on the dev split.

    Args:
        reopen: opens the engine that is shipped, and those that do not know their share of the training
            questions, with the numbers written last.
        dev: question, history and whether the plan answers it, of the development split.
        most_refused: the share of answerable questions that may be refused (0 to 1).

    Returns:
        Hit rate before and after on the training questions, the threshold, refusals on `dev`.
    """
    shipped, folds = reopen()
    before = hit_rate(folds)
    write_numbers(_BOT / "ranking.toml", "weights", fit_ranking(folds, load_data("ranking.toml")["prior"]))
    _, folds = reopen()
    after = hit_rate(folds)
    sentences = [
        example
        for engine, questions in folds
        for example in sentence_examples(
            engine, [(entry.question, entry.passages, entry.facts) for entry in questions if entry.facts]
        )
    ]
    softness = shipped.rules["evidence"]["softness"]
    write_numbers(_BOT / "ranking.toml", "sentence", fit_sentences(sentences, softness))
    _, folds = reopen()
    examples = judge_examples(folds)
    for name in NAMES:
        fit_asking(examples.texts(name), examples.labels).save(model_path(name))
    asking_model.cache_clear()
    rows, labels = examples.rows()
    write_numbers(_BOT / "judge.toml", "coefficients", fit_judge(rows, labels))
    judged, _ = reopen()
    asked = [(judged.ask(question, history).trace, answerable) for question, history, answerable in dev]
    decided = [(trace["evidence"], answerable) for trace, answerable in asked if trace.get("judged")]
    probabilities = np.array([probability for probability, _ in decided])
    truth = np.array([float(answerable) for _, answerable in decided])
    # Training questions, judged by models fitted without them, are harder than the split's: both count.
    pooled = np.concatenate([probabilities, held_out_probabilities(rows, labels)])
    threshold = choose_threshold(pooled, np.concatenate([truth, labels]), most_refused)
    write_numbers(_BOT / "judge.toml", "", {"threshold": threshold})
    return {
        "训练问题首段命中（拟合前）": before,
        "训练问题首段命中（拟合后）": after,
        "训练问题首句有要点": sentence_hit_rate(sentences, load_data("ranking.toml")["sentence"]),
        "阈值": threshold,
        "开发集：该拒而拒": float((probabilities[truth == 0] < threshold).mean()),
        "开发集：误拒": float((probabilities[truth == 1] < threshold).mean()),
    }


def hit_rate(folds: Sequence[Fold]) -> float:
    """Hit rate@1 of the ranking on training questions that the plan answers."""
    hits = [
        engine.index.passages[engine.retriever.rank(engine.reader.read(entry.question)).top(1)[0]].node_id
        in entry.passages
        for engine, questions in folds
        for entry in questions
        if entry.passages
    ]
    return sum(hits) / len(hits)
