"""``globmed release-model``."""

import json
from pathlib import Path
from typing import Annotated

import typer

from builders.commands.release import VersionArgument
from globmed.cli.console import stdout
from globmed.cli.hub import choose_hub, hub_access
from globmed.cli.options import PROJECT_HUB, DryRun, Hub, HubRoot, Private, ResultAsJson
from globmed.versions.numbers import Version


def release_model(
    folder: Annotated[Path, typer.Argument(help="Output folder of a train_recipes run.", exists=True, file_okay=False)],
    version: VersionArgument,
    repository: Annotated[str, typer.Option(help="Model repository, OWNER/NAME.")],
    results: Annotated[
        list[Path] | None, typer.Option(help="Folder of `globmed bench run` on this model; may be repeated.")
    ] = None,
    licence: Annotated[
        str | None, typer.Option(help="Licence of the weights, by the Hub's name; the base model's by default.")
    ] = None,
    hub: Hub = None,
    hub_root: HubRoot = PROJECT_HUB,
    private: Private = False,
    dry_run: DryRun = False,
    as_json: ResultAsJson = False,
) -> None:
    """Publish a trained model: card from its records, upload, load back, compare logits, then tag."""
    hub = choose_hub(hub, hub_root)
    from builders.release.model.candidate import ModelPlan
    from builders.release.model.release import print_plan
    from builders.release.model.release import release_model as publish

    plan = ModelPlan(folder, Version.parse(version), repository, private, results or [], licence)
    with hub_access(hub, hub_root) as access:
        tell = (lambda told: None) if as_json else (lambda told: print_plan(told, stdout))
        released = publish(plan, access, dry_run=dry_run, tell=tell)
    if as_json:
        stdout.print_json(json.dumps(released.to_dict()))
    elif released.commit is None:
        stdout.print(f"Nothing was written; the candidate is {released.candidate.folder}", highlight=False)
    else:
        state = "was there already" if released.already else "is published, loaded back, compared and tagged"
        stdout.print(f"{repository} {plan.version.tag} {state}: commit {released.commit}", highlight=False)
