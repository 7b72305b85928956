"""The real code over what the recipes of ``docs/adding.md`` add, in a folder.

`tests.docs.test_adding` runs it in a copy of the checkout that has followed them. It prints what became of the source,
the signal, the suite, the column, the metric and the release check, as JSON.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import polars as pl

from builders.release.candidate import Plan
from builders.release.diff.copy import open_folder
from builders.release.diff.diff import compare
from builders.release.release import release
from builders.release.verify import verify_folder
from builders.rows.artifacts.folder import BuildFolder
from builders.rows.build import build
from globmed.errors import UserError
from globmed.hub.process import running
from globmed.languages import language, select
from globmed.metrics import scores
from globmed.versions import REPOSITORY
from globmed.versions.client import HubAccess
from globmed.versions.numbers import Version
from tests.builders.release.diff.test_diff import rewrite
from tests.builders.sources.fixtures import write
from tests.globmed.schema.made_up import of_metric, write_memory
from validation.expectations.verdict import REPORT
from validation.validate import DOCS, PLOTS, validate

CARDS = [
    {"id": "7", "question": "A sprained finger after a game of handball: can it wait?", "wait": "yes"},
    {"id": "8", "question": "Nobody can wake the child since breakfast: can it wait?", "wait": "no"},
    {"id": "9", "question": "An old scar on the knee has become pale: can it wait?", "wait": "ask the nurse"},
]


NATIVE = "Je kunyonyesha ni salama baada ya kujifungua kwa kawaida?"
NATIVE_FILE = f"namba,swali,jibu,mada,mwaka\n1,{NATIVE},Ndiyo,mama,2026\n"


def exam(name: str, choices: str | None, question: str, *options: str) -> dict[str, object]:
    texts = dict(zip(("opa", "opb", "opc", "opd"), options, strict=True))
    return {"id": name, "question": question, "cop": 1, "exp": None, "choice_type": choices, **texts}


EXAMS = {
    "train.json": [
        exam("calm", "single", "The weight of the leg is carried by the", "tibia", "fibula", "ulna", "radius"),
        exam("loud", None, "Bread is digested first of all inside the", "mouth", "stomach", "bowel", "liver"),
    ],
    "test.json": [exam("held", "multi", "A thread for sewing the skin is made from", "silk", "wool", "hemp", "flax")],
}
ROWS = "data/swahili/train-medmcqa.parquet"
TEST = "rows/swahili/test-medmcqa.parquet"
PLAN = Plan(Version(0, 1, 0), REPOSITORY, private=False)


def write_inputs(folder: Path) -> None:
    """The upstreams' files, and a Swahili that says ``sw`` before every text, but for one that shouts."""
    write(folder / "sources" / "triage", {"cards.jsonl": CARDS})
    write(folder / "sources" / "medmcqa", EXAMS)
    write(folder / "sources" / "mhudumu", {"train.csv": NATIVE_FILE})
    exams = [entry for entries in EXAMS.values() for entry in entries]
    texts = [str(entry[name]) for entry in exams for name in ("question", "opa", "opb", "opc", "opd")]
    texts += [card["question"] for card in CARDS]
    loud = str(EXAMS["train.json"][1]["question"])
    said = {text: f"sw {text}" for text in texts} | {loud: f"sw {loud}".upper()}
    made = [(text, swahili, "machine") for text, swahili in said.items()]
    write_memory(folder / "en-sw.tmx", [*made, ("Is breastfeeding safe after a normal birth?", NATIVE, "human")])


def named(rows: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["id"].rpartition("/")[2]: row for row in rows.iter_rows(named=True)}


def of_build(made: BuildFolder) -> dict[str, Any]:
    items = pl.read_parquet(made.items / "items.parquet")
    rejects = pl.read_parquet(made.items / "rejects.parquet")
    rows = named(pl.read_parquet(made.assembled(language("sw"))))
    native = [
        row
        for tag in ("en", "sw")
        for row in pl.read_parquet(made.assembled(language(tag))).filter(source="mhudumu").iter_rows(named=True)
    ]
    return {
        "source's items": sorted(items.filter(source="triage", language="en")["answer"]),
        "source's rejects": rejects.filter(source="triage")["reason"].to_list(),
        "source's rows": [rows[name]["question"] for name in ("7", "8")],
        "native source's rows": [
            [row[name] for name in ("language", "origin", "question", "answer", "country", "year")] for row in native
        ],
        "native source's specialty": sorted({row["specialty"] for row in native}),
        "signal": [round(rows[name]["quality"]["capitals"], 1) for name in ("calm", "loud")],
        "signal's reason": ["capitals" in rows[name]["quality"]["reasons"] for name in ("calm", "loud")],
        "column": [rows[name]["choices"] for name in ("calm", "loud", "held", "7")],
    }


def of_release(made: BuildFolder, access: HubAccess, folder: Path) -> dict[str, Any]:
    """Return a release of all rows and, after it, one of rows that the new release check refuses."""
    whole = release(PLAN, made, access, dry_run=True).candidate
    report = json.loads((made.root / "validation" / REPORT).read_text("utf-8"))
    shutil.copytree(whole, folder / "whole")
    (made.root / TEST).unlink()
    try:
        release(PLAN, made, access, dry_run=True)
        refused = None
    except UserError as error:
        refused = str(error).partition(";")[0]
    return {
        "release": True,
        "release refused": refused,
        "release check's copies": [
            [fault.where for fault in verify_folder(copy)] for copy in (folder / "whole", made.root / "candidate")
        ],
        "suite holds": [each["success"] for each in report["expectations"] if each["suite"] == "doubts"],
    }


def of_candidate(whole: Path) -> dict[str, Any]:
    card = "\n".join(page.read_text("utf-8") for page in sorted(whole.rglob("*.md")))
    fields = json.dumps(json.loads((whole / "croissant.json").read_text("utf-8"))["recordSet"][0]["field"])
    return {
        "source's card": "Triage cards" in card,
        "source's licence": "Example Clinic" in (whole / "LICENSES" / "triage.md").read_text("utf-8"),
        "source's manifest": open_folder(whole).manifest.sources["triage"].revision,
        "signal's card": "| `capitals` |" in card,
        "signal's meaning": [line for line in card.splitlines() if line.startswith("- `capitals`")],
        "signal's croissant": "/quality/capitals" in fields,
        "column's card": [line for line in card.splitlines() if line.startswith("| `choices`")],
        "column's croissant": '"choices"' in fields,
    }


def of_faults(whole: Path, folder: Path) -> dict[str, Any]:
    """Return a copy in which one row has a value that the signal cannot have, another column, and many reasons."""
    broken = Path(shutil.copytree(whole, folder / "broken"))
    reasons = pl.lit(["capitals", "copy", "language", "length"])
    quality = pl.col("quality").struct.with_fields(capitals=pl.lit(7.0), reasons=reasons)
    changed = {"quality": quality, "choices": pl.lit("none")}
    calm = pl.col("id") == "medmcqa/train/calm"
    rewrite(
        broken,
        ROWS,
        lambda rows: rows.with_columns(
            pl.when(calm).then(value).otherwise(name).alias(name) for name, value in changed.items()
        ),
    )
    verdict, written = validate(broken, folder / "validated")
    found = verdict.findings.filter(reason="doubts/many_reasons")
    diff = compare(open_folder(whole), open_folder(broken))
    return {
        "suite fires": found.select("config", "id", "detail").rows(),
        "suite's report": [line.warnings for line in verdict.summary() if line.suite == "doubts"],
        "suite's pages": ">doubts</a>" in (written / DOCS / "index.html").read_text("utf-8"),
        "signal's and column's rules": sorted(each.name for each in verdict.expectations if failed(each)),
        "signal's plot": "capitals (0 is best)" in (written / PLOTS / "signals.svg").read_text("utf-8"),
        "column's diff": sorted(name for name in diff.counts["column"].unique() if name),
    }


def failed(each: Any) -> bool:
    return each.severity == "critical" and not each.success


def main(folder: Path) -> None:
    write_inputs(folder)
    made = BuildFolder(folder / "build")
    build(folder / "sources", [folder / "en-sw.tmx"], select("english,swahili"), made.root)
    places = of_build(made)
    with running(folder / "hub") as hub:
        places |= of_release(made, HubAccess(hub.url, hub.token), folder)
    places |= of_candidate(folder / "whole") | of_faults(folder / "whole", folder)
    metric = {"scores": scores("Water", "water", language("sw"))["exact"], **of_metric("exact", 0.25, folder)}
    print(json.dumps(places | {f"metric's {name}": value for name, value in metric.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
