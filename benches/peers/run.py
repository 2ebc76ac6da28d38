#!/usr/bin/env python3
"""Measures `whose` beside other ways from a question to its area, on one bank and the same labelled questions.

    python3 benches/peers/run.py LABELLED.csv…

A labelled file has the columns id, section, question, area and also. Needs Python 3.11 and cargo; the peers are
installed from the Python registry into a virtual environment under cargo's target directory.
"""

from __future__ import annotations  # so that an older Python gets as far as saying so

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BANK = ROOT / "questions" / "bank"
COLUMNS = ("section", "question", "area", "also")
LARGE = 100_000
STARTS = 10
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)
CLOCK = """\
Speed is by processor time on one core, so that who else uses the machine matters little: questions in memory,
everything loaded, trained and warmed up by one pass over them, the best of three passes. Peers get all questions in
one call. "1 in 4": being slow, timed on one question in four; right or wrong is counted on all."""


class Row(NamedTuple):
    section: str
    question: str
    area: str
    right: frozenset[str]


def stop(message: str) -> NoReturn:
    sys.exit(f"{Path(__file__).name}: {message}")


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def run(command: list[str], trouble: str, **options: Any) -> str:
    """Runs a command and gives its stdout; its stderr goes to the terminal."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, encoding="utf-8", **options
        )
    except FileNotFoundError:
        stop(f"`{command[0]}` was not found; {trouble}")
    if done.returncode != 0:
        stop(f"`{' '.join(command[:4])} …` exited {done.returncode}; {trouble}")
    return done.stdout


def read_labelled(file: Path) -> list[Row]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            return list(labelled(file, csv.DictReader(lines, restval="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        stop(f"{file} cannot be read: {error}; name labelled CSV files in UTF-8")


def labelled(file: Path, reader: csv.DictReader[str]) -> Iterator[Row]:
    for name in COLUMNS:
        if name not in (reader.fieldnames or []):
            stop(f"{file} has no column `{name}`; needed are {', '.join(COLUMNS)}")
    known = {one.stem for one in BANK.glob("*.txt")}
    for row in reader:
        right = {row["area"], *(area for area in row["also"].split(";") if area)}
        for area in right - known:
            stop(
                f"{file}:{reader.line_num}: no area `{area}` in the bank; "
                "label with ids of `whose areas`, or `none`"
            )
        # The first level of a heading is what a questionnaire's own section column would say.
        section = row["section"].split(" / ")[0]
        yield Row(section, row["question"], row["area"], frozenset(right))


def target_directory() -> Path:
    metadata = run(
        "cargo metadata --no-deps --format-version 1".split(),
        "install Rust (https://rustup.rs) and run this inside the repository",
        cwd=ROOT,
    )
    return Path(json.loads(metadata)["target_directory"])


def python_of_peers(directory: Path) -> Path:
    """The Python of a virtual environment that has the peers, made anew where it does not fit."""
    python = directory / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    requirements = HERE / "requirements.txt"
    wanted = f"Python {sys.version}\n{requirements.read_text(encoding='utf-8')}"
    stamp = directory / "installed.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    say(f"installing the peers into {directory}")
    try:
        venv.create(directory, clear=True, with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        stop(f"no virtual environment: {error}; is Python's venv module installed?")
    run(
        [
            str(python),
            *"-m pip install --quiet --requirement".split(),
            str(requirements),
        ],
        "is the Python registry reachable, and has it these versions for this Python and machine?",
    )
    stamp.write_text(wanted, encoding="utf-8")
    return python


def build() -> None:
    say("building whose")
    command = "cargo build --release --locked --bin whose --example peer"
    run(command.split(), "correct what cargo says above", cwd=ROOT)


def stay_on_one_core() -> None:
    """Children inherit it. Where the system cannot, each peer is told to use one thread all the same."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def measure(command: list[str], task: dict) -> dict:
    """What a measuring program says of the questions. It sees no labels."""
    answer = run(
        command,
        "what went wrong stands above",
        input=json.dumps(task),
        env=os.environ | dict.fromkeys(THREADS, "1"),
    )
    return json.loads(answer)


def measure_whose(program: Path, task: dict) -> dict:
    """Several times, because only the first load of a process shows how long it takes to be ready."""
    answers = [measure([str(program)], task) for _ in range(STARTS)]
    return answers[0] | {"ready_ms": min(one["ready_ms"] for one in answers)}


def peak_memory(process: int) -> int | None:
    """The most memory a process has had so far, in kB. What `wait` tells would include this script's own."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    fields = dict(line.split(":", 1) for line in status.splitlines())
    return int(fields["VmHWM"].split()[0]) if "VmHWM" in fields else None


def start_up(command: list[str]) -> float:
    """Seconds from start to exit of a command."""
    start = time.perf_counter()
    run(command, "what went wrong stands above", stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def time_and_memory(command: list[str]) -> tuple[float, int | None]:
    """Processor seconds and peak memory of a command that runs for a while."""
    start, peak = time_of_children(), None
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            peak = peak_memory(process.pid) or peak
            time.sleep(0.01)
    if process.returncode != 0:
        stop(f"`{' '.join(command)}` exited {process.returncode}; run it by itself")
    return time_of_children() - start, peak


def time_of_children() -> float:
    if os.name == "nt":  # which does not tell; the time that passed has to do
        return time.perf_counter()
    times = os.times()
    return times.children_user + times.children_system


def write_questionnaire(file: Path, rows: list[Row], count: int) -> None:
    with file.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", "section", "question"])
        for number, row in enumerate(islice(cycle(rows), count), start=1):
            writer.writerow([number, row.section, row.question])


def whole_program(whose: Path, rows: list[Row]) -> list[tuple[str, str]]:
    """Start-up, speed and memory of the command itself."""
    with tempfile.TemporaryDirectory() as directory:
        one, large = Path(directory, "one.csv"), Path(directory, "large.csv")
        write_questionnaire(one, rows, 1)
        write_questionnaire(large, rows, LARGE)
        assign = [str(whose), "assign", "--provider", "vercel"]
        start = min(start_up([*assign, str(one)]) for _ in range(STARTS))
        seconds, peak = time_and_memory([*assign, str(large)])
    memory = "unknown: needs Linux's /proc" if peak is None else f"{peak / 1024:.1f} MB"
    return [
        (
            f"the command on one row, start to exit, best of {STARTS}",
            f"{start * 1000:.1f} ms",
        ),
        (
            f"the command on {LARGE:,} rows, bytes to CSV",
            f"{per_second(LARGE / seconds)} rows/s",
        ),
        (f"its peak memory over {LARGE:,} rows", memory),
    ]


def score(rows: list[Row], tops: list[list[str]]) -> tuple[float, float, float]:
    """Strict: the first area is the label. Lenient: or one of its `also`. Top 3: the label is among the first three."""
    pairs = list(zip(rows, tops, strict=True))
    strict = sum(top[0] == row.area for row, top in pairs)
    lenient = sum(top[0] in row.right for row, top in pairs)
    top3 = sum(row.area in top[:3] for row, top in pairs)
    return strict / len(rows), lenient / len(rows), top3 / len(rows)


def per_second(speed: float) -> str:
    return f"{float(f'{speed:.2g}'):,.0f}"


def table(heading: str, rows: list[Row], runs: list[dict]) -> str:
    lines = [
        f"| {heading} | strict | lenient | top 3 | questions/s |",
        "| --- | --- | --- | --- | --- |",
    ]
    for one in runs:
        scores = " | ".join(f"{share:.3f}" for share in score(rows, one["top"]))
        sampled = f" (1 in {one['step']})" if one["step"] > 1 else ""
        lines.append(
            f"| {one['method']} | {scores} | {per_second(one['per_second'])}{sampled} |"
        )
    return "\n".join(lines)


def report(
    rows: list[Row], peers: dict, ours: dict, program: list[tuple[str, str]]
) -> str:
    runs = peers["runs"] + ours["runs"]
    alone = [one for one in runs if one["given"] == "question"]
    placed = [one for one in runs if one["given"] == "section"]
    ready = (
        f"the matcher in a fresh process: load, first question, best of {STARTS}",
        f"{ours['ready_ms']:.1f} ms",
    )
    lines = [f"| {what} | {value} |" for what, value in (ready, *program)]
    return "\n\n".join(
        [
            f"{len(rows):,} labelled questions, a bank of {peers['phrasings']:,} phrasings.",
            table("each question alone", rows, alone),
            table("section heading given, to `whose` the neighbours too", rows, placed),
            CLOCK,
            "\n".join(["| `whose` | |", "| --- | --- |", *lines]),
        ]
    )


def main() -> None:
    if sys.version_info < (3, 11):
        stop("needs Python 3.11 or later; run it with a newer `python3`")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", nargs="+", type=Path, metavar="LABELLED.csv")
    questionnaires = [read_labelled(file) for file in parser.parse_args().labelled]
    rows = [row for questionnaire in questionnaires for row in questionnaire]
    if not rows:
        stop("the files hold no questions")
    target = target_directory()
    python = python_of_peers(target / "peers")
    build()
    stay_on_one_core()
    task = {
        "bank": str(BANK),
        "areas": str(ROOT / "mappings" / "areas.toml"),
        "questionnaires": [
            [
                {"section": row.section, "question": row.question}
                for row in questionnaire
            ]
            for questionnaire in questionnaires
        ],
    }
    suffix = ".exe" if os.name == "nt" else ""
    release = target / "release"
    say("measuring whose")
    ours = measure_whose(release / "examples" / f"peer{suffix}", task)
    program = whole_program(release / f"whose{suffix}", rows)
    peers = measure([str(python), str(HERE / "peers.py")], task)
    print(report(rows, peers, ours, program))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
