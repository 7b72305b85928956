"""Mistakes that people make: each is answered in one line with the next step and exit code 2, and nothing is lost."""

import re
from pathlib import Path

import pytest

from builders.rows.artifacts.folder import BuildFolder
from globmed.versions.client import HubAccess
from tests.conftest import SAMPLE, DemoRelease, Globmed

#: Words of a command, and what the line says. {build}: a build; {sample}: the sources of the sample; {tmp}: an empty
#: folder; {file}: a file with one line; {hub}: the address of a Hub with version 0.1.0.
MISTAKES = [
    ("relase", "No such command 'relase'. Did you mean 'release', 'release-model'?; see `globmed --help`"),
    ("yank 0.1.0", "Missing option '--why'; see `globmed yank --help`"),
    ("load swahili --versoin 0.1.0", "No such option: --versoin .*--version.*; see `globmed load --help`"),
    ("build --limit 0", "Invalid value for '--limit': .*; see `globmed build --help`"),
    ("build --sources {tmp}/none", "dir '.*/none' does not exist; see `globmed build --help`"),
    ("hub serve --port 99999", "Invalid value for '--port': .* 65535; see `globmed hub serve --help`"),
    ("bench models --max-size large", "Invalid value for '--max-size': .*; see `globmed bench models --help`"),
    ("load swahilli --version 0.1.0 --hub {hub}", "unknown language 'swahilli'; known: .*; did you mean swahili?"),
    ("load swahili --version 0.9.0 --hub {hub}", "has no version v0.9.0; it has 0.1.0; did you mean 0.1.0?"),
    ("load swahili --version main --hub {hub}", "expected MAJOR.MINOR.PATCH, .*: branches and pull requests can move"),
    ("load swahili --version 0.1.0 --split tset --hub {hub}", "unknown split .*'tset'; .*; did you mean test?"),
    ("load swahili --version 0.1.0 --repository GlobMed --hub {hub}", "'GlobMed': expected owner/name, such as"),
    ("load swahili --version 0.1.0 --hub {hub} --out {file}", "File exists; expected a folder, .*: name another"),
    ("load swahili --version 0.1.0 --hub ftp://hub", "'ftp://hub': expected `local` or an address such as"),
    ("load swahili --version 0.1.0 --hub http://127.0.0.1:9", "cannot be reached .*: check address and network"),
    ("verify 9.9.9 --hub {hub}", "has no version 9.9.9; it has 0.1.0"),
    ("verify 0.1.0 --key {file} --hub {hub}", "found something else; expected an Ed25519 public key in PEM, as"),
    ("verify one --hub {hub}", "expected MAJOR.MINOR.PATCH, .*, or a folder that is there"),
    ("diff 0.1.0 --hub {hub}", "expected two versions, or one and --against, .*; see `globmed diff --help`"),
    ("diff 0.1.0 --against nowhere --hub {hub}", "neither a folder nor a repository, owner/name: correct it"),
    ("sources --sources {tmp}/none", "is not a folder, expected one with a sub-folder per source: correct the path"),
    ("fetch medqaa", "unknown source 'medqaa'; .*; did you mean medqa?"),
    ("fetch --lock {tmp}", "is a folder, expected a lock file: name another with --lock"),
    ("fetch --markdown", "--markdown: expected --update, and not --json; see `globmed fetch --help`"),
    ("pipeline init {tmp} --repository triage", "repository 'triage': expected owner/name"),
    ("items --sources {tmp} --out {tmp}/out", "contains no source, expected sub-folders of .*: correct the path"),
    ("audit --sources {tmp}", "contains no source, expected sub-folders of .*: correct the path"),
    ("build --sources {sample} --languages klingon", "unknown language 'klingon'; known: "),
    ("build --sources {sample} --memory {tmp}", "no TMX file in it; name a .tmx file, a folder that contains some"),
    ("build --sources {sample} --packages {tmp}/none", "no such folder; `globmed translator install` makes one"),
    ("build --sources {sample} --out {file}", "File exists; expected a folder, or a place for one: name another"),
    ("validate {tmp}", "found no data/.*, expected the folder of a build, a candidate or a dataset: name it"),
    ("release 0.3 --build {build}", "'0.3': expected MAJOR.MINOR.PATCH, such as 0.1.0"),
    ("release 0.3.0 --build {tmp}/none --hub {hub}", "nothing was built there; run `globmed build --out .*` first"),
    ("release 0.0.9 --build {build} --hub {hub}", "is at 0.1.0: 0.0.9 is not larger; choose a larger version"),
    ("draft klingon --build {build}", "unknown language 'klingon'; known: "),
    ("export sw {tmp}/out.tmx --build {tmp}", "has no translations into swahili: build it, or name another language"),
    ("signals --pairs {tmp}/none --from en --to sw --out {tmp}/s", "cannot be read .*; expected a text file in UTF-8"),
    ("signals --pairs {file} --from en --to sw --out {tmp}/s", "expected .*source<TAB>target"),
    ("glossary {tmp}/none.csv {tmp}/out.tbx --from en --to sw", "No such file or directory, expected a glossary"),
    ("translator install {tmp}/none.argosmodel", "no such file or folder; expected a package's file, "),
    ("translator install {file}", "not a sound zip .*; download it again"),
    ("translator translate en-sw --in {file} --out {tmp}/o", "no package from en to sw"),
    ("translator train en sw --data {tmp}/none.tsv", "no such file; name a .tmx, a .tsv, or SOURCE.txt,TARGET.txt"),
    ("hub serve --root {file}", "cannot be a storage folder .*; name another --root"),
    ("hub check --root {tmp}", "not a Hub's storage .*; name the --root that the server uses"),
    ("bench run nobody --version 0.1.0 --hub {hub}", "expected a name of `globmed bench models`, a folder of weights"),
    ("bench report {tmp}", "no results.parquet in it; name the folder of a run, or one that contains runs"),
    ("language add", "no language was named: give its BCP-47 tag or English name"),
    ("language add sw", "sw is in the list already, as swahili; see `globmed languages`"),
    ("review plan {tmp}/r --build {build} --languages swahili --rater amina", "expected LANGUAGE:NAME, such as"),
    ("review sheets {tmp}", "no round was planned there; run `globmed review plan` first"),
    ("experiment tiny --hub {hub} --version 0.9.0 --out {tmp}", "has no version v0.9.0; it has 0.1.0; did you mean"),
    ("experiment --version 0.1.0 --hub {hub} -- --max_steps 3", "no recipe was named: name shipped recipes or YAML"),
    ("experiment tiny --version 0.1.0 --hub {hub} -- --output_dir {tmp}", "--output_dir is set by the experiment"),
    ("experiment tiny --version 0.1.0 --tasks lfqa", "long answers .* have no letter: ask them by --method generation"),
    ("experiment tinny --version 0.1.0 --hub {hub} --out {tmp}", "recipe tinny: .*no recipe .*; did you mean tiny?"),
    ("experiment tiny --version 0.1.0 --hub {hub} --release 1", "'1': expected MAJOR.MINOR.PATCH, such as 0.1.0"),
    ("train check --config tinny --version 0.1.0", "no recipe can be read there .*; did you mean tiny?"),
    ("train sft --config tinny --version 0.1.0", "no recipe can be read there .*; did you mean tiny?"),
]


@pytest.mark.parametrize(("words", "said"), MISTAKES, ids=[words for words, _ in MISTAKES])
def test_a_mistake_is_one_line_and_loses_nothing(
    words: str,
    said: str,
    globmed: Globmed,
    demo_build: BuildFolder,
    demo_release: DemoRelease,
    demo_hub: HubAccess,
    tmp_path: Path,
) -> None:
    (file := tmp_path / "file.txt").write_text("one line\n", "utf-8")
    (empty := tmp_path / "empty").mkdir()
    places = {"build": demo_build.root, "sample": SAMPLE.parent, "tmp": empty, "file": file, "hub": demo_hub.endpoint}
    done = globmed(*(word.format(**places) for word in words.split()), HF_TOKEN=demo_hub.token or "")
    assert done.returncode == 2, done.stderr
    lines = [line for line in done.stderr.splitlines() if not line.startswith("Hub: ")]
    assert len(lines) == 1, done.stderr
    assert "Usage:" not in done.stdout
    assert lines[0].startswith("error: ")
    assert re.search(said.replace("?", r"\?"), lines[0]), lines[0]
    assert file.read_text("utf-8") == "one line\n"
    assert not [path for path in empty.rglob("*") if path.is_file() and path.name != ".lock"]
