"""The real code over a schema with more columns, one more signal and one more metric, in a folder.

`test_made_up` runs it in a copy of the checkout that has them. It prints what became of them in every place that lists
columns, signals or metrics, as JSON.
"""

import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench_recipes.lm_eval_tasks import _template
from bench_recipes.report.cells import focus
from bench_recipes.report.comparison import compare as compare_runs
from bench_recipes.report.sections.outcomes import long
from bench_recipes.tasks import READ
from benchmarks.evaluation.simulated_results import Items, run_frame, with_long_answers, write_run
from builders.release.candidate import Plan, build_candidate
from builders.release.diff.copy import open_folder
from builders.release.diff.diff import compare
from builders.release.verify import verify_folder
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from builders.rows.reviews import RECORD, digests, record_name
from builders.rows.texts import row_texts
from builders.translate.tmx import empty_tmx, tmx_unit, write_tmx
from cards.runs import Score
from globmed.languages import language, select
from globmed.metrics import METRICS, scores
from globmed.prompts import prompts
from globmed.storage.parquet import write_parquet
from globmed.versions import REPOSITORY
from globmed.versions.numbers import Version
from tests.builders.release.diff.test_diff import rewrite
from validation.validate import validate

WARD = "The patient has been sitting in the waiting room since early morning and now asks for a blanket and some tea"
FARM = "A farmer comes down from the hills with a swollen hand and says that the goats have been restless all week long"
MARKET = "Two sisters who sell fish at the market carry a third one in, laughing, and put her down beside the window"
SCHOOL = "The teacher brings a child who fell from the wall behind the classroom and will not stop talking about it"
ROWS = "data/swahili/train-sample.parquet"


def item(name: str, split: str, task: str, **fields: object) -> dict[str, object]:
    empty = dict.fromkeys(("question", "context", "premise", "hypothesis", "options", "answer", "long_answer"))
    return {"id": name, "split": split, "task": task, **empty, "setting": "the ward", **fields}


def choice(name: str, split: str, question: str, vignette: str | None) -> dict[str, object]:
    options = {"A": f"{question[:9]} at once", "B": f"{question[:9]} at leisure"}
    return item(name, split, "mcqa", question=question, vignette=vignette, options=options, answer="A")


ITEMS = [
    choice("plain", "train", "Who is called first?", WARD),
    choice("held", "test", "What is wanted?", FARM),
    choice("leak", "train", "Where to?", FARM),
    choice("loud", "validation", "Which door is open?", SCHOOL),
    choice("heard", "validation", "Will it be long?", MARKET),
    choice("twin-a", "validation", "How long is the queue?", "Rain is falling on the roof of the ward"),
    choice("twin-b", "validation", "How long is the queue?", "Snow is lying in the yard of the school"),
    choice("apart", "validation", "How long is the queue?", "Wind is shaking the tent beside the river"),
    choice("bare", "train", "Nothing to read here?", None),
    item("long", "train", "lfqa", question="What is a fever?", long_answer="The body becomes hot."),
    item("other", "train", "lfqa", question="What is a cough?", long_answer="Air leaves.", vignette="Not asked."),
    item("pair", "train", "nli", premise="He is hot.", hypothesis="He is not cold.", answer="entailment"),
]
#: Two texts become one in the translation.
COLLAPSED = {"Snow is lying in the yard of the school": "Rain is falling on the roof of the ward"}


def write_sources(folder: Path) -> None:
    """The items as the sample's source has them, and a Swahili that says ``sw`` before every text, one reviewed."""
    for place in (folder / "sources" / "sample", folder / "memory"):
        place.mkdir(parents=True)
    lines = "\n".join(map(json.dumps, ITEMS))
    (folder / "sources" / "sample" / "items.jsonl").write_text(lines, "utf-8")
    write_memory(folder / "memory" / "en-sw.tmx", ((text, _translated(text), origin) for text, origin in _texts()))
    write_review(folder / "memory", next(entry for entry in ITEMS if entry["id"] == "heard"))


def write_memory(file: Path, units: Iterable[tuple[str, str, str]]) -> None:
    """Write English texts with their Swahili and its origin."""
    written = (tmx_unit(str(n), {"origin": origin}, text, said, "sw") for n, (text, said, origin) in enumerate(units))
    write_tmx(empty_tmx("made up"), file, written)


def write_review(folder: Path, entry: dict[str, Any]) -> None:
    """Write that a rater found the translation of an item right."""
    read = {name: entry[name] for name in ("question", "vignette")} | entry["options"]
    texts = [{"name": name, "source": text, "translation": _translated(text)} for name, text in read.items()]
    seen = digests(pl.DataFrame({"id": [f"sample/{entry['split']}/{entry['id']}"], "texts": [texts]}))
    ratings = {name: pl.lit(5.0) for name in ("accuracy", "fluency", "completeness")}
    said = {"round": pl.lit("first"), "status": pl.lit("reviewed"), "raters": pl.lit(1, pl.Int64), **ratings}
    record = seen.with_columns(version=pl.lit("0.1.0"), **said)
    write_parquet(record.select(*RECORD), folder / record_name(language("sw")))


def _texts() -> Iterator[tuple[str, str]]:
    """Yield every text of the items, and who translates it."""
    for entry in ITEMS:
        options = entry["options"]
        texts = [*entry.values(), *(options.values() if isinstance(options, dict) else ())]
        origin = "human" if entry["id"] == "heard" else "machine"
        yield from ((text, origin) for text in texts if isinstance(text, str))


def _translated(text: str) -> str:
    said = f"sw {COLLAPSED.get(text, text)}"
    return f"{said} AAA" if text in (MARKET, SCHOOL) else said


def where(name: str, column: str, value: object) -> pl.Expr:
    return pl.when(pl.col("id") == f"sample/train/{name}").then(pl.lit(value)).otherwise(column).alias(column)


def of_build(made: BuildFolder) -> dict[str, Any]:
    rows = pl.read_parquet(made.assembled(language("sw")))
    by_name = {row["id"].rpartition("/")[2]: row for row in rows.iter_rows(named=True)}
    items = pl.read_parquet(made.items / "items.parquet")
    rejects = pl.read_parquet(made.items / "rejects.parquet")
    split = pl.concat(map(pl.read_parquet, (made.rows / "swahili").glob("*.parquet")))
    english = items.filter(pl.col("language") == "en")
    texts = row_texts(rows, english).filter(id="sample/train/plain")["texts"].to_list()[0]
    return {
        "items": items.filter(id="sample/train/plain").select("vignette", "setting").row(0),
        "rejects": sorted(rejects["reason"]),
        "leaks": pl.read_parquet(made.leaks).select("id_a", "id_b").rows(),
        "segments": pl.read_parquet(made.segments).filter(field="vignette").height,
        "rows": [by_name["plain"][name] for name in ("vignette", "setting")],
        "worst text": by_name["loud"]["quality"]["shouting"],
        "reason": "shouting" in by_name["loud"]["quality"]["reasons"],
        "withheld": [name for name in ("loud", "heard") if f"sample/validation/{name}" not in split["id"]],
        "collapsed": [name for name, row in by_name.items() if "collapsed" in row["quality"]["reasons"]],
        "review": [text["name"] for text in texts],
        "prompt": prompts("swahili", "native").prompt(by_name["plain"]).split("\n\n")[1],
    }


def of_release(made: BuildFolder, folder: Path) -> dict[str, Any]:
    whole = build_candidate(made, Plan(Version(0, 1, 0), REPOSITORY, private=False), folder / "whole")
    edited, broken = (Path(shutil.copytree(whole, folder / name)) for name in ("edited", "broken"))
    rewrite(edited, ROWS, lambda rows: rows.with_columns(where("plain", "vignette", "sw Another."), shouted(0.5)))
    diff = compare(open_folder(whole), open_folder(edited))
    rewrite(
        broken,
        ROWS,
        lambda rows: rows.with_columns(
            vignette=pl.when(id="sample/train/plain").then(pl.lit("")).when(task="lfqa").then(pl.lit("x")),
            setting=pl.when(task="nli").then(pl.lit("the street")).otherwise("setting"),
        ).with_columns(shouted(5.0)),
    )
    verdict, judged = validate(broken, folder / "validated")
    # The Swahili is a copy of the English, which `quality` finds.
    failed = [
        each
        for each in verdict.expectations
        if each.severity == "critical" and not each.success and each.suite != "quality"
    ]
    card = "\n".join(page.read_text("utf-8") for page in sorted(whole.rglob("*.md")))
    fields = json.loads((whole / "croissant.json").read_text("utf-8"))["recordSet"][0]["field"]
    return {
        "whole": verify_folder(whole) == [],
        "diff": sorted(name for name in diff.counts["column"].unique() if name),
        "verify": sorted({fault.expected.split(" ")[3] for fault in verify_folder(broken)}),
        "validate": sorted(f"{each.suite}/{each.name}" for each in failed),
        "measures": sorted(each.name for each in verdict.expectations if "shouting" in each.name),
        "card": [line for line in card.splitlines() if line.startswith(("| `vignette`", "| `setting`"))],
        "card's signals": "| `shouting` |" in card,
        "card's reasons": [line for line in card.splitlines() if line.startswith("- `shouting`")],
        "croissant": sorted({field["name"] for field in fields} & {"vignette", "setting"}),
        "croissant's signals": "/quality/shouting" in json.dumps(fields),
        "plots": "shouting (1 is best)" in (judged / "plots" / "signals.svg").read_text("utf-8"),
    }


def shouted(value: float) -> pl.Expr:
    """Return the signal of one row."""
    changed = pl.col("quality").struct.with_fields(shouting=pl.lit(value))
    return pl.when(id="sample/train/pair").then(changed).otherwise("quality").alias("quality")


def of_benchmark(folder: Path) -> dict[str, Any]:
    texts = prompts("english", "native")
    return {
        "benchmark": {"vignette", "setting"} <= set(READ),
        "lm-eval": "vignette" in _template("mcqa", texts),
        "scores": scores("Yes.", "No.", language("sw"))["chattiness"],
        **of_metric("chattiness", 1.5, folder),
    }


def of_metric(name: str, value: float, folder: Path) -> dict[str, Any]:
    """What a comparison of runs and a model's card make of a metric that gives every long answer one value."""
    frame = with_long_answers(run_frame("m", {"english": 0.5, "swahili": 0.4}, Items(60), 1), 20)
    scored = pl.col("scores").struct.with_fields(pl.lit(value).alias(name))
    run = write_run(folder / "run", frame.with_columns(pl.when(outcome="scored").then(scored).alias("scores")))
    found = compare_runs([run], resamples=20)
    section = long(found, focus(found), [[name, "made up"]])
    assert section is not None
    score = Score(language("sw"), "lfqa", name, 2, value, 1.0, 2.0)
    return {
        "means": np.unique(found.long_answers.filter(score=name)["mean"].to_numpy()).tolist(),
        "report": [table.note for table in section.tables if table.note.startswith(METRICS[name].title)],
        "model's card": (score.metric, METRICS[score.metric].most),
    }


def main(folder: Path) -> None:
    write_sources(folder)
    made = BuildFolder(folder / "build")
    build(folder / "sources", [folder / "memory"], select("english,swahili"), made.root)
    print(json.dumps(of_build(made) | of_release(made, folder) | of_benchmark(folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
