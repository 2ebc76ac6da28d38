"""The peers: other ways from a question to its area. `run.py` starts this in its virtual environment.

stdin: {"bank": DIRECTORY, "areas": FILE, "questionnaires": [[{"section", "question"}, …], …]}
stdout: {"phrasings": N, "runs": [{"method", "given", "top", "per_second", "step"}, …]}

A peer is a function that takes the bank and the areas and returns another one, from texts to the three best areas
of each. It gets all texts at once and does what its library's manual says is fastest, on one thread.
"""

import json
import math
import re
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import bm25s
import numpy as np
import Stemmer
from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import JaroWinkler
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

NONE = "none"
TOP = 3
# A timed pass that would take longer than this many seconds is made over every nth question.
PATIENCE = 4.0
PASSES = 3

Rank = Callable[[list[str]], list[list[str]]]


class Phrasing(NamedTuple):
    text: str
    area: str


def read_bank(directory: Path) -> list[Phrasing]:
    """The phrasings, by area; what follows `  [+` names further areas."""
    return [
        Phrasing(re.sub(r"  \[\+ [^\]]*\]$", "", line), file.stem)
        for file in sorted(directory.glob("*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]


def read_areas(file: Path) -> list[Phrasing]:
    """Title and description of each area. `none` has none, so that nothing is ever filed there."""
    areas = tomllib.loads(file.read_text(encoding="utf-8"))["area"]
    return [Phrasing(f"{area['title']}. {area['is']}", area["id"]) for area in areas]


def best(scores: np.ndarray, areas: np.ndarray) -> list[list[str]]:
    """The best areas of each row of scores, best first; the earlier one where two are equal."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
    return areas[order].tolist()


def nearest(scorer: Callable[..., float], known: list[Phrasing]) -> Rank:
    """Compares with every known text; an area is as near as its nearest one."""
    # Texts of one area stand together, so that one pass over the scores finds each area's best.
    known = sorted(known, key=lambda phrasing: phrasing.area)
    texts = [utils.default_process(phrasing.text) for phrasing in known]
    areas, starts = np.unique([phrasing.area for phrasing in known], return_index=True)

    def rank(questions: list[str]) -> list[list[str]]:
        asked = [utils.default_process(question) for question in questions]
        tops: list[list[str]] = []
        # Block by block, so that memory does not grow with the questions.
        for start in range(0, len(asked), 256):
            block = asked[start : start + 256]
            scores = process.cdist(
                block, texts, scorer=scorer, dtype=np.float32, workers=1
            )
            tops += best(np.maximum.reduceat(scores, starts, axis=1), areas)
        return tops

    return rank


def bm25(bank: list[Phrasing], k: int = 15) -> Rank:
    """The k rows of the bank that BM25 finds, their scores summed by area; nothing found is `none`."""
    stemmer = Stemmer.Stemmer("english")

    def tokens(texts: list[str]) -> bm25s.tokenization.Tokenized:
        return bm25s.tokenize(
            texts, stopwords="en", stemmer=stemmer, show_progress=False
        )

    index = bm25s.BM25(backend="numba")
    index.index(tokens([phrasing.text for phrasing in bank]), show_progress=False)
    areas, of_row = np.unique([phrasing.area for phrasing in bank], return_inverse=True)

    def rank(questions: list[str]) -> list[list[str]]:
        rows, scores = index.retrieve(
            tokens(questions), k=k, show_progress=False, n_threads=1
        )
        sums = np.zeros((len(questions), len(areas)), dtype=np.float32)
        np.add.at(sums, (np.arange(len(questions))[:, None], of_row[rows]), scores)
        sums[sums.max(axis=1) == 0.0, areas == NONE] = 1.0
        return best(sums, areas)

    return rank


def logistic_regression(bank: list[Phrasing]) -> Rank:
    """TF-IDF of words and pairs. C is what did best on a part of the bank that was left out."""
    pipeline = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32),
        LogisticRegression(C=30.0, max_iter=1000),
    )
    pipeline.fit(
        [phrasing.text for phrasing in bank], [phrasing.area for phrasing in bank]
    )
    return lambda questions: best(
        pipeline.decision_function(questions), pipeline.classes_
    )


# Each is made of the bank and of the areas' descriptions.
PEERS: dict[str, Callable[[list[Phrasing], list[Phrasing]], Rank]] = {
    "Jaro-Winkler, nearest phrasing": lambda bank, areas: nearest(
        JaroWinkler.normalized_similarity, bank
    ),
    "RapidFuzz token set, area descriptions": lambda bank, areas: nearest(
        fuzz.token_set_ratio, areas
    ),
    "RapidFuzz token set, nearest phrasing": lambda bank, areas: nearest(
        fuzz.token_set_ratio, bank
    ),
    "BM25, 15 nearest phrasings": lambda bank, areas: bm25(bank),
    "TF-IDF, logistic regression": lambda bank, areas: logistic_regression(bank),
}


def timed(rank: Rank, texts: list[str]) -> tuple[list[list[str]], float]:
    start = time.process_time()
    tops = rank(texts)
    return tops, time.process_time() - start


def measure(rank: Rank, texts: list[str]) -> dict:
    """Ranks all texts once, then times the best of some passes over all or every nth."""
    rank(texts[:1])  # what is compiled or made at the first call counts as loading
    tops, took = timed(rank, texts)
    step = max(1, math.ceil(took / PATIENCE))
    sample = texts[::step]
    seconds = min(timed(rank, sample)[1] for _ in range(PASSES))
    return {"top": tops, "per_second": len(sample) / seconds, "step": step}


def main() -> None:
    task = json.load(sys.stdin)
    bank, areas = read_bank(Path(task["bank"])), read_areas(Path(task["areas"]))
    rows = [row for questionnaire in task["questionnaires"] for row in questionnaire]
    given = {
        "question": [row["question"] for row in rows],
        "section": [f"{row['section']} {row['question']}".strip() for row in rows],
    }
    runs = []
    for method, make in PEERS.items():
        print(f"measuring {method}", file=sys.stderr, flush=True)
        rank = make(bank, areas)
        for name, texts in given.items():
            runs.append({"method": method, "given": name, **measure(rank, texts)})
    json.dump({"phrasings": len(bank), "runs": runs}, sys.stdout)


if __name__ == "__main__":
    main()
