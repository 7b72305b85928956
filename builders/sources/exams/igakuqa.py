"""IgakuQA, the Japanese medical licensing examinations of 2018 to 2022.

Layout: JSON Lines ``data/<year>/<number>-<section>.jsonl`` with ``problem_id``, ``problem_text``, ``choices`` (texts),
``text_only`` (false where a picture is shown) and ``answer`` (letters; a number where it is to be worked out), and
``<number>-<section>_metadata.jsonl`` with ``problem_id`` and ``category``. Its translations are not used. There are no
splits: all is test. https://github.com/jungokasai/IgakuQA
"""

import re
from collections.abc import Iterator, Mapping

from builders.sources.item import Outcome, Reason
from builders.sources.layouts.answers import label
from builders.sources.layouts.layout import Known, Layout
from builders.sources.places import Place
from builders.sources.reading import Folder, Record
from builders.sources.source import Content, Part, Source, Text, lettered, stable_id

FILES = r"(?:.*/)?(20\d\d)/\d+-[A-Z]"
KNOWN = Known(
    layouts=(Layout("the publisher's", ("problem_id", "problem_text", "choices", "text_only", "answer"), None),),
    names=rf"{FILES}\.jsonl",
    expected="data/<year>/<number>-<section>.jsonl",
    other=r".*_(?:metadata|translate)\.jsonl|.*(?:baseline_results|scripts).*",
    splits="none",
)


def _parse(source: Source, folder: Folder) -> Iterator[Outcome]:
    subjects = {
        record.text("problem_id"): record.note("category")
        for file in folder.tables()
        if re.fullmatch(rf"{FILES}_metadata\.jsonl", file)
        for record in folder.rows(file)
    }
    for part, _, record in KNOWN.read(source, folder):
        yield _outcome(part.in_split("test"), record, subjects)


def _outcome(part: Part, record: Record, subjects: Mapping[str, str | None]) -> Outcome:
    problem, right = record.text("problem_id"), record.texts("answer")
    record_id, year = stable_id(problem), re.search(r"(20\d\d)/", part.file)
    if record.truth_or_none("text_only") is False:
        return part.reject(record.where, Reason.IMAGE, problem, record_id)
    if len(right) > 1:
        return part.reject(record.where, Reason.SEVERAL_ANSWERS, ", ".join(right), record_id)
    content = Content(
        question=record.text("problem_text"),
        options=lettered(record.texts("choices")),
        answer=label(right[0]) if right else None,
        more={
            "subject": subjects.get(problem),
            "country": "JP",
            "year": int(year[1]) if year else None,
            "exam": "医師国家試験",
        },
    )
    return part.outcome(record.where, record_id, content)


IGAKUQA = Source(
    name="igakuqa",
    title="IgakuQA",
    task="mcqa",
    upstream="https://github.com/jungokasai/IgakuQA",
    revision=None,
    folder="igakuqa",
    licence="none stated",
    publish="local",
    publish_reason="the publisher states no licence",
    citation="""@misc{kasai2023evaluating,
  title = {Evaluating {GPT}-4 and {ChatGPT} on {J}apanese Medical Licensing Examinations},
  author = {Kasai, Jungo and Kasai, Yuhei and Sakaguchi, Keisuke and Yamada, Yutaro and Radev, Dragomir},
  year = {2023},
  eprint = {2303.18027}
}""",
    languages={"ja": Text("original")},
    parser=_parse,
    place=Place("git", "https://github.com/jungokasai/IgakuQA", files=("data/*/*-?.jsonl", "data/*/*_metadata.jsonl")),
)
