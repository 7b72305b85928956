"""The exact folder of the model repository that a release uploads: the run's files, the card, the manifest."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import yaml

from builders.release.hub.repository import HubRepository, open_repository
from builders.release.model.results import Results, read_results
from builders.release.model.run_record import Run, read_run
from builders.release.model.weights import ModelFiles, find_files
from cards.model import ModelCard
from cards.runs import BaseModel, Dataset, Licence
from globmed.errors import UserError
from globmed.records.evaluation import DatasetPin
from globmed.records.manifest import MANIFEST, FileEntry, Manifest, ModelManifest, ModelOrigin, ResultsEntry
from globmed.records.record import read_record, write_record
from globmed.storage.files import files_below, replaced, sha256_text, write_text
from globmed.versions.client import DATASET, MODEL, HubAccess
from globmed.versions.numbers import Version
from globmed.versions.published import YANKED

CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True)
class ModelPlan:
    """The plan of a model release.

    Attributes:
        folder: the folder of a training run.
        results: folders of benchmark runs of this model.
        licence: as the Hub names it; None for the base model's.
    """

    folder: Path
    version: Version
    repository: str
    private: bool
    results: Sequence[Path] = ()
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class ModelCandidate:
    """The folder that was made, and the files of the run's folder that it leaves out."""

    folder: Path
    manifest: ModelManifest
    left_out: Sequence[str]
    card: ModelCard


def make_candidate(plan: ModelPlan, repository: HubRepository) -> ModelCandidate:
    """Make the folder from scratch, replacing the one that is there.

    Raises:
        UserError: as `read_run`, `find_files`, `read_results` and `published`; a public release of a model that was
            trained on a private version.
    """
    run = read_run(plan.folder)
    files = find_files(plan.folder, run.weights)
    access = repository.access

    def find(dataset: Dataset) -> Dataset:
        return published(dataset, access)

    trainings = [replace(each, dataset=find(each.dataset)) for each in run.trainings]
    results = [read_results(folder, files.weights, repository, find) for folder in plan.results]
    base = replace(run.base, licence=_licence(run.base, access)) if run.base.commit else run.base
    card = ModelCard(
        repository=plan.repository,
        version=plan.version,
        private=plan.private,
        adapter=files.adapter,
        parameters=files.parameters,
        base=base,
        trainings=trainings,
        settings=run.settings,
        packages=run.packages,
        licence=Licence(plan.licence) if plan.licence else base.licence,
        evaluations=[each.evaluation for each in results],
    )
    _check_private(card)
    return _write(plan.folder / CANDIDATE, files, card, run, results)


def published(dataset: Dataset, access: HubAccess) -> Dataset:
    """Return the dataset version on the Hub.

    Raises:
        UserError: there is no such version, or a different one has that number.
    """
    with open_repository(dataset.repository, access, DATASET) as repository:
        where = f"{dataset.repository} {dataset.version}"
        head = repository.head()
        if head is None or repository.tags().get(dataset.version) != dataset.commit:
            raise UserError(
                f"{where} at commit {dataset.commit} is not a published version on {access.endpoint}: a model is "
                "released where its dataset is; publish it, or name another --hub"
            )
        text = repository.text(dataset.commit, MANIFEST) or ""
        found = sha256_text(text)
        if found != dataset.manifest_sha256:
            raise UserError(
                f"{where}: the SHA-256 of its manifest is {found[:12]}, expected {dataset.manifest_sha256[:12]}: "
                "the record is of another version; train, or run the benchmark, again"
            )
        private = repository.private() or read_record(Manifest, text, where, "train on another version").private
        yanked = json.loads(repository.text(head, YANKED) or "{}").get(str(dataset.version))
        return replace(dataset, private=private, yanked=yanked)


def _check_private(card: ModelCard) -> None:
    for dataset in card.datasets:
        if dataset.private and not card.private:
            raise UserError(
                f"the model was trained on {dataset.repository} {dataset.version}, which is private and may not be "
                "redistributed: pass --private to release it to a private repository"
            )


def _licence(base: BaseModel, access: HubAccess) -> Licence | None:
    """Return the licence on the base model's card; None if this Hub has no such card, or it states none."""
    with open_repository(base.name, access, MODEL) as repository:
        text = repository.text(base.commit, "README.md") if repository.head() and base.commit else None
    try:
        stated = yaml.safe_load((text or "").split("---\n", 2)[1])
        link = stated.get("license_link")
        if link is not None and not link.startswith("https://"):
            link = f"https://huggingface.co/{base.name}/blob/{base.commit}/{link}"
        return Licence(stated["license"], stated.get("license_name"), link)
    except (IndexError, KeyError, TypeError, AttributeError, yaml.YAMLError, UserError):
        return None


def _write(folder: Path, files: ModelFiles, card: ModelCard, run: Run, results: Sequence[Results]) -> ModelCandidate:
    with replaced(folder) as partial:
        partial.mkdir()
        for name, path in files.paths.items():
            shutil.copyfile(path, partial / name)
        write_text(partial / "README.md", card.render())
        manifest = _manifest(card, run, results, partial)
        write_record(partial / MANIFEST, manifest, sort_keys=True)
    own = (folder.name, partial.name)
    return ModelCandidate(folder, manifest, [name for name in files.left_out if name not in own], card)


def _manifest(card: ModelCard, run: Run, results: Sequence[Results], folder: Path) -> ModelManifest:
    """Return the manifest: what the version was made from, and the SHA-256 and size in bytes of every file."""
    base = card.base
    return ModelManifest(
        version=str(card.version),
        repository=card.repository,
        private=card.private,
        adapter=card.adapter,
        base_model=ModelOrigin(base.name, base.commit),
        data=run.data,
        datasets=[_pin(dataset) for dataset in card.datasets],
        settings=dict(card.settings),
        packages=dict(card.packages),
        results=[
            ResultsEntry(
                dataset=_pin(each.evaluation.dataset),
                sha256=each.sha256,
                scores=[asdict(score) | {"language": score.language.name} for score in each.evaluation.scores],
            )
            for each in results
        ],
        files={path.relative_to(folder).as_posix(): FileEntry.of(path) for path in files_below(folder)},
    )


def _pin(dataset: Dataset) -> DatasetPin:
    return DatasetPin(dataset.repository, str(dataset.version), dataset.commit, dataset.manifest_sha256)
