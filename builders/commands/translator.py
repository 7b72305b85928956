"""The commands under ``globmed translator``: make, install, list and measure translation packages."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from globmed.cli.console import stderr, stdout, tell
from globmed.cli.options import AsJson
from globmed.languages import languages

if TYPE_CHECKING:
    from builders.translate.packages.pack import Label
    from builders.translate.packages.package import Package

app = typer.Typer(
    name="translator", help="Create, install, list and evaluate translation packages.", no_args_is_help=True
)

PACKAGES = Path("build/translators")
CORPUS = "A .tmx, a .tsv, or SOURCE.txt,TARGET.txt aligned by line; may be repeated."
From = Annotated[str, typer.Argument(metavar="FROM", help="Source language tag, such as en.")]
To = Annotated[str, typer.Argument(metavar="TO", help="Target language tag, such as sw.")]
Folder = Annotated[Path, typer.Option("--dir", help="Folder that contains only packages.")]
Version = Annotated[str, typer.Option("--package-version", help="Version of the new package.")]
Licence = Annotated[str | None, typer.Option(help="Licence of the package, for its metadata.")]
Splitter = Annotated[Path | None, typer.Option(help="Sentence splitter to include: a folder named minisbd or stanza.")]
Out = Annotated[Path | None, typer.Option(help="The .argosmodel to write; build/<name>.argosmodel by default.")]
Threads = Annotated[int, typer.Option(min=1, help="CPU threads.")]
Trusted = Annotated[bool, typer.Option("--trust-languages", help="Accept texts whose languages look wrong or swapped.")]


@app.command("list")
def list_packages(folder: Folder = PACKAGES, as_json: AsJson = False) -> None:
    """List the installed packages."""
    from builders.translate.packages.package import installed_packages

    _print_packages(installed_packages(folder), as_json=as_json)


@app.command()
def install(
    what: Annotated[str, typer.Argument(help="A package's file, its unpacked folder, or a pair of the index: en-de.")],
    folder: Folder = PACKAGES,
    index: Annotated[str | None, typer.Option(help="Address or file of an index.json of Argos.")] = None,
    sha256: Annotated[str | None, typer.Option(help="Required SHA-256 of the archive.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace an installed package of that version.")] = False,
    as_json: AsJson = False,
) -> None:
    """Install a package from a file or folder, or from the index of Argos Translate."""
    from builders.translate.packages.install import install as run

    package = run(what, folder, index, expected=sha256, replace=replace)
    _print_packages([package], as_json=as_json)
    _note_unlisted(package)


@app.command()
def train(
    source: From,
    target: To,
    data: Annotated[list[str], typer.Option(help=CORPUS)],
    dev: Annotated[
        list[str] | None, typer.Option(help="Held-out text, as --data; by default split off from it.")
    ] = None,
    settings: Annotated[str, typer.Option(help="A .yaml file, or the name of a shipped one.")] = "marian-small",
    out: Annotated[Path | None, typer.Option(help="Folder of the training; build/training/FROM_TO by default.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after this many minutes; run again to resume.")] = None,
    threads: Threads = 4,
    version: Version = "1.0",
    licence: Licence = None,
    splitter: Splitter = None,
    trusted: Trusted = False,
    as_json: AsJson = False,
) -> None:
    """Train a small Marian model from parallel text and pack it; the same command resumes it."""
    import torch

    from builders.translate.packages.convert import Codes, agreement, open_checkpoint, package_checkpoint
    from builders.translate.packages.corpus import Direction, read_corpora
    from builders.translate.training.settings import read_settings
    from builders.translate.training.train import Task
    from builders.translate.training.train import train as run

    _quiet()
    torch.set_num_threads(threads)
    task = Task(Direction(source, target), data, dev or [], read_settings(settings), trusted)
    folder = out or Path("build/training") / f"{source}_{target}"
    report = run(task, folder, minutes)
    checkpoint = open_checkpoint(str(folder / "model"))
    sample = read_corpora(task.dev or task.data, task.direction, trusted=True)[:50]
    report["conversion_agrees"] = agreement(checkpoint, [pair.source for pair in sample])
    label = _label(task.direction, version, licence, splitter, training=task.identity(), steps=report["steps"])
    archive = package_checkpoint(checkpoint, Codes(), label, folder / f"{label.name}.argosmodel")
    _print_made(archive, report, as_json=as_json)


@app.command()
def convert(
    checkpoint: Annotated[str, typer.Argument(help="A folder, or a Hub repository as owner/name@commit.")],
    source: From,
    target: To,
    source_code: Annotated[str, typer.Option(help="Code of FROM in a multilingual model.")] = "",
    target_code: Annotated[str, typer.Option(help="Code of TO in the model: swh_Latn, __sw__, >>swa<<.")] = "",
    out: Out = None,
    version: Version = "1.0",
    licence: Licence = None,
    splitter: Splitter = None,
    as_json: AsJson = False,
) -> None:
    """Convert an OPUS-MT, M2M-100 or NLLB checkpoint to int8 and pack it."""
    from builders.translate.packages.convert import Codes, open_checkpoint, package_checkpoint

    _quiet()
    label = _label((source, target), version, licence, splitter)
    opened = open_checkpoint(checkpoint)
    codes = Codes(source_code, target_code)
    archive = package_checkpoint(opened, codes, label, out or _default_archive(label))
    _print_made(archive, {}, as_json=as_json)


@app.command()
def pack(
    model: Annotated[Path, typer.Argument(help="CTranslate2 folder.")],
    tokenizer: Annotated[Path, typer.Argument(help="Its sentencepiece.model or bpe.model.")],
    source: From,
    target: To,
    target_prefix: Annotated[str, typer.Option(help="First token of every translation.")] = "",
    source_bos: Annotated[str, typer.Option(help="Token before every source sentence.")] = "",
    source_eos: Annotated[bool, typer.Option(help="</s> after every source sentence.")] = True,
    out: Out = None,
    version: Version = "1.0",
    licence: Licence = None,
    splitter: Splitter = None,
    as_json: AsJson = False,
) -> None:
    """Pack a CTranslate2 model and its tokenizer into an .argosmodel."""
    from builders.translate.packages.pack import Contents
    from builders.translate.packages.pack import pack as run

    label = _label((source, target), version, licence, splitter)
    contents = Contents(model, tokenizer, target_prefix, source_bos, source_eos)
    _print_made(run(label, contents, out or _default_archive(label)), {}, as_json=as_json)


@app.command()
def score(
    what: Annotated[str, typer.Argument(help="An installed pair such as en-sw, or a package's folder.")],
    reference: Annotated[list[str], typer.Option(help=CORPUS)],
    folder: Folder = PACKAGES,
    beam: Annotated[int, typer.Option(min=1, help="Beam size of the search.")] = 4,
    threads: Threads = 4,
    trusted: Trusted = False,
    as_json: AsJson = False,
) -> None:
    """Score a package against reference translations: chrF++ and BLEU."""
    from builders.translate.packages.corpus import Direction, read_corpora
    from builders.translate.packages.package import open_package
    from builders.translate.packages.score import score_package

    package = open_package(what, folder)
    direction = Direction(package.source, package.target)
    pairs = read_corpora(reference, direction, trusted=trusted, note=tell)
    scores = score_package(package, pairs, threads=threads, beam=beam)
    described = _described(package) | {"pairs": len(pairs), "beam": beam}
    if as_json:
        stdout.print_json(json.dumps(described | {"scores": [asdict(each) for each in scores]}))
        return
    stdout.print(f"{package.name} {package.version} {package.identity}", soft_wrap=True, highlight=False)
    stdout.print(f"{len(pairs):,} pairs, beam {beam}; 95 % bootstrap intervals", highlight=False)
    for each in scores:
        interval = f"{each.mean:.2f} ± {each.interval:.2f}"
        stdout.print(f"{each.metric:>8}  {each.score:.2f}  ({interval})  {each.signature}", soft_wrap=True)


@app.command()
def translate(
    what: Annotated[str, typer.Argument(help="An installed pair such as sw-en, or a package's folder.")],
    lines: Annotated[Path, typer.Option("--in", help="Text to translate, in UTF-8.")],
    out: Annotated[Path, typer.Option(help="Text to write, with the same number of lines.")],
    folder: Folder = PACKAGES,
    beam: Annotated[int, typer.Option(min=1, help="Beam size of the search.")] = 4,
    threads: Threads = 4,
) -> None:
    """Translate a file line by line, the best hypothesis of each sentence, safe or not."""
    from builders.translate.machine.lines import translate_lines
    from builders.translate.packages.package import open_package
    from globmed.storage.files import write_text
    from globmed.storage.lines import join_lines, read_lines

    package = open_package(what, folder)
    written, kept = translate_lines(package, read_lines(lines), threads=threads, beam=beam)
    write_text(out, join_lines(written))
    told = f"{len(written):,} lines, {package.name} {package.version}: {out}"
    if lost := kept.count(False):
        told += f"; in {lost:,} a number, unit or placeholder may have changed: see `globmed signals`"
    stdout.print(told, highlight=False, soft_wrap=True)


def _quiet() -> None:
    """Turn off the progress bars and notices of transformers; errors are still shown."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()


def _label(pair: tuple[str, str], version: str, licence: str | None, splitter: Path | None, **notes: object) -> "Label":
    from builders.translate.packages.pack import Label

    stated = {"licence": licence} if licence else {}
    return Label(*pair, version=version, splitter=splitter, notes={**stated, **notes})


def _default_archive(label: "Label") -> Path:
    return Path("build") / f"{label.name}.argosmodel"


def _described(package: "Package") -> dict[str, object]:
    return {
        "from": package.source,
        "to": package.target,
        "version": package.version,
        "sha256": package.identity,
        "bytes": package.bytes,
        "splitter": package.splitter.name if package.splitter else None,
        "path": str(package.path),
    }


def _print_packages(packages: "list[Package]", *, as_json: bool) -> None:
    rows = [_described(package) for package in packages]
    if as_json:
        stdout.print_json(json.dumps(rows))
        return
    table = Table("from", "to", "version", "sha256", "MB", "splitter")
    table.add_column("path", overflow="fold")
    for package, row in zip(packages, rows, strict=True):
        size, digest = f"{package.bytes / 1e6:.1f}", package.identity[:16]
        splitter = str(row["splitter"] or "none")
        table.add_row(package.source, package.target, package.version, digest, size, splitter, str(package.path))
    stdout.print(table)


def _note_unlisted(package: "Package") -> None:
    """Print a note for each language of a package that is not in the list, so that no build can use the package yet."""
    tags = {entry.tag for entry in languages().values()}
    for code, tag in zip(package.codes, (package.source, package.target), strict=True):
        if tag not in tags:
            stderr.print(
                f"{package.name} is for {tag}{f' ({code})' if code != tag else ''}, which is not in the language list: "
                "no build uses it until `globmed languages` has that tag",
                highlight=False,
            )


def _print_made(archive: Path, report: dict[str, Any], *, as_json: bool) -> None:
    from globmed.storage.files import sha256

    made = {"archive": str(archive), "sha256": sha256(archive), "bytes": archive.stat().st_size, **report}
    if as_json:
        stdout.print_json(json.dumps(made))
        return
    for name, value in made.items():
        stdout.print(f"{name:>18}  {value}", highlight=False, soft_wrap=True)
    stdout.print(f"Install it: globmed translator install {archive}", highlight=False, soft_wrap=True)
