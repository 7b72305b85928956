"""GlobMed-Bench's commands, ``globmed bench ...``, registered through an entry point."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bench_recipes.report.commands import register as register_report
from globmed.cli.options import PROJECT_HUB, AsJson, HubRoot, Languages, ReadHub, Tasks
from globmed.storage.files import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench_recipes.ask.estimate import Estimate
    from bench_recipes.ask.run import Options
    from bench_recipes.models import Model
    from bench_recipes.tasks import Benchmark, Definition
    from globmed.records.evaluation import EvaluationRun

EVALUATE = "Train and evaluate"
Method = Literal["generation", "likelihood"]
Style = Literal["native", "english"]
NumberFormat = Literal["auto", "float32", "bfloat16", "float16"]

Version = Annotated[str, typer.Option(help="Published version: 0.1.0, or a full commit hash.")]
InstructionStyle = Annotated[Style, typer.Option(help="Language of the instruction.")]
Shots = Annotated[int, typer.Option(min=0, help="Examples before each question.")]
Split = Annotated[str, typer.Option(help="Split to take the items from.")]
Repository = Annotated[str | None, typer.Option(help="Dataset repository; the project's own by default.")]

#: Further commands of the group, from the `register` of these modules.
OTHERS: "tuple[Callable[[typer.Typer], None], ...]" = (register_report,)


def register(app: typer.Typer) -> None:
    """Add the group of commands to the command line."""
    bench = typer.Typer(help="Compare models on a published version.", no_args_is_help=True)
    bench.command()(models)
    bench.command()(run)
    bench.command("lm-eval")(lm_eval)
    for register_others in OTHERS:
        register_others(bench)
    app.add_typer(bench, name="bench", rich_help_panel=EVALUATE)


def models(
    weights: Annotated[bool | None, typer.Option("--open/--proprietary", help="Open weights, or an API.")] = None,
    medical: Annotated[
        bool | None, typer.Option("--medical/--general", help="Medical models, or general ones.")
    ] = None,
    max_size: Annotated[float | None, typer.Option(help="Maximum size, in billions of parameters.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the models that have a name in the project's list."""
    from bench_recipes.models import listed

    chosen = [
        model
        for model in listed().models.values()
        if (weights is None or model.open == weights)
        and (medical is None or model.medical == medical)
        and (max_size is None or (model.size is not None and model.size <= max_size))
    ]
    if as_json:
        _print_json([asdict(model) for model in chosen])
    else:
        _print_models(chosen)


def run(
    model: Annotated[
        list[str],
        typer.Argument(
            help="Names of `globmed bench models`, folders of weights, or owner/name or owner/name@revision."
        ),
    ],
    version: Version,
    out: Annotated[Path, typer.Option(help="Folder that gets one sub-folder per model.")] = Path("build/bench"),
    languages: Languages = None,
    tasks: Tasks = None,
    method: Annotated[
        Method, typer.Option(help="Read answers from generated text, or score the letters.")
    ] = "generation",
    style: InstructionStyle = "native",
    shots: Shots = 0,
    split: Split = "test",
    limit: Annotated[int, typer.Option(min=0, help="Maximum items per language and task; 0: all.")] = 0,
    repository: Repository = None,
    hub: ReadHub = None,
    hub_root: HubRoot = PROJECT_HUB,
    base_url: Annotated[
        str | None,
        typer.Option(help="OpenAI-compatible server of the models, such as vLLM's; key from GLOBMED_BENCH_KEY."),
    ] = None,
    judge: Annotated[str | None, typer.Option(help="Model that scores long answers.")] = None,
    judge_base_url: Annotated[str | None, typer.Option(help="The judge's server, if not its provider's.")] = None,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Maximum cost of a run with its judge, in US dollars.")
    ] = None,
    max_connections: Annotated[int, typer.Option(min=1, help="Parallel requests.")] = 16,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Maximum tokens of an answer; the default depends on task and model.")
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="Device for local weights: cpu or cuda; the best one by default.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="Prompts per batch, for local weights.")] = 16,
    dtype: Annotated[
        NumberFormat, typer.Option(help="Number format of local weights; auto: the one that the device is fast in.")
    ] = "auto",
    estimate: Annotated[bool, typer.Option(help="Only print the expected tokens and cost.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask models a published version's questions; after a kill the same command resumes, and pays for nothing twice."""
    from bench_recipes.ask.run import Options
    from bench_recipes.models import address, find
    from bench_recipes.tasks import benchmark
    from globmed.cli.hub import read_access

    chosen = [find(name) for name in model]
    judging = find(judge) if judge else None
    if not estimate:
        for one, url in [*((one, base_url) for one in chosen), *([(judging, judge_base_url)] if judging else [])]:
            address(one, url)  # report a missing key before anything is loaded
    with read_access(hub, hub_root) as place:
        wanted = _definition(version, repository, languages, tasks, method, style, shots, split, limit)
        asked = benchmark(wanted, place.endpoint, place.token)
    number_format = None if dtype == "auto" else dtype
    options = Options(
        base_url, judging, judge_base_url, budget, max_connections, max_tokens, device, batch, number_format
    )
    if estimate:
        _print_estimates(_estimates(asked, chosen, options), as_json)
    else:
        _ask(asked, chosen, options, out, as_json)


def _ask(asked: "Benchmark", chosen: "Sequence[Model]", options: "Options", out: Path, as_json: bool) -> None:
    from bench_recipes.ask.run import plan, run
    from globmed.records.record import as_dict

    # All settings are checked before the first request.
    plans = [(plan(asked, one, options, out / one.name), out / one.name) for one in chosen]
    records = [run(one, folder) for one, folder in plans]
    if as_json:
        _print_json([as_dict(record) for record in records])
    else:
        _print_runs(records, out)


def lm_eval(
    version: Version,
    out: Annotated[Path, typer.Option(help="Folder of the tasks; an existing one must contain such tasks.")] = Path(
        "build/lm-eval"
    ),
    languages: Languages = None,
    tasks: Tasks = None,
    style: InstructionStyle = "native",
    shots: Shots = 0,
    split: Split = "test",
    repository: Repository = None,
    hub: ReadHub = None,
    hub_root: HubRoot = PROJECT_HUB,
    as_json: AsJson = False,
) -> None:
    """Write the tasks for lm-evaluation-harness, pinned to the version's commit, to use that instead."""
    from bench_recipes.lm_eval_tasks import write_tasks
    from globmed.cli.hub import read_access

    wanted = _definition(version, repository, languages, tasks, "likelihood", style, shots, split, 0)
    with read_access(hub, hub_root) as place:
        names = write_tasks(wanted, out, place.endpoint, place.token)
    if as_json:
        _print_json({"folder": str(out), "tasks": names})
    else:
        sys.stdout.write(f"{len(names)} tasks: lm-eval run --include_path {out} --tasks globmed --model ...\n")


def _definition(
    version: str,
    repository: str | None,
    languages: str | None,
    tasks: str | None,
    method: Method,
    style: Style,
    shots: int,
    split: str,
    limit: int,
) -> "Definition":
    from bench_recipes.tasks import Definition
    from globmed.languages import select
    from globmed.schema import TASKS
    from globmed.versions import REPOSITORY

    names = [entry.name for entry in select(languages)] if languages else ()
    wanted = [task.strip() for task in tasks.split(",")] if tasks else TASKS
    where = repository or REPOSITORY
    return Definition(version, where, names, wanted, method, style, shots, split=split, limit=limit)


def _estimates(asked: "Benchmark", models: "Sequence[Model]", options: "Options") -> "list[Estimate]":
    from bench_recipes.ask.estimate import estimate, estimate_judge
    from bench_recipes.ask.judge import MAX_TOKENS, MAX_TOKENS_REASONING
    from bench_recipes.ask.run import Plan

    guesses = []
    for model in models:
        wanted = Plan(asked, model, options)
        guesses.append(estimate(model, asked.items, wanted.max_tokens("mcqa"), wanted.max_tokens("lfqa")))
        if options.judge:
            longest = MAX_TOKENS_REASONING if options.judge.reasoning else MAX_TOKENS
            guesses.append(estimate_judge(options.judge, asked.items, longest))
    return guesses


def _print_models(models: "Sequence[Model]") -> None:
    rows = [
        (
            model.name,
            "open" if model.open else model.provider,
            model.id,
            _number(model.size, "g"),
            "medical" if model.medical else "",
            model.licence or "",
            _number(model.price_in, ".2f"),
            _number(model.price_out, ".2f"),
        )
        for model in models
    ]
    _print_table(("model", "from", "id", "size B", "", "licence", "$ in", "$ out"), rows, f"{len(models)} models")


def _print_estimates(guesses: "Sequence[Estimate]", as_json: bool) -> None:
    if as_json:
        _print_json([asdict(guess) for guess in guesses])
        return
    rows = [
        (
            guess.model,
            f"{guess.requests:,}",
            f"{guess.input_tokens:,}",
            f"{guess.output_tokens:,}",
            f"{guess.most_output_tokens:,}",
            _number(guess.dollars, ".2f"),
            _number(guess.most_dollars, ".2f"),
        )
        for guess in guesses
    ]
    headings = ("model", "requests", "tokens in", "tokens out", "at most", "$", "$ at most")
    _print_table(headings, rows, "about; no request was sent")


def _print_runs(records: "Sequence[EvaluationRun]", out: Path) -> None:
    rows = []
    for record in records:
        counts = record.outcomes
        answers = counts.get("correct", 0) + counts.get("wrong", 0)
        others = ", ".join(f"{name} {count}" for name, count in counts.items() if name not in ("correct", "wrong"))
        share = f"{counts.get('correct', 0) / answers:.3f}" if answers else ""
        rows.append((record.model.name, f"{record.items:,}", share, others, _number(record.dollars, ".2f")))
    _print_table(("model", "items", "correct of the answers", "neither", "$"), rows, str(out))
    failed = sum(sum(record.errors.values()) for record in records)
    if failed:
        sys.stderr.write(f"{failed} requests failed (see errors in run.json); the same command retries them\n")


def _print_table(headings: "Sequence[str]", rows: "Sequence[Sequence[str]]", caption: str) -> None:
    from rich.table import Table

    from globmed.cli.console import stdout

    table = Table(caption=caption)
    for heading in headings:
        table.add_column(heading, justify="right" if heading[:1] in "$tr" or heading == "size B" else "left")
    for row in rows:
        table.add_row(*row)
    stdout.print(table)


def _print_json(value: object) -> None:
    sys.stdout.write(json_text(value, indent=2) + "\n")


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)
