from pathlib import Path

import pytest

from builders.rows.artifacts.stage import fingerprint, run_stage


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "source" / "one.txt"
    file.parent.mkdir()
    file.write_text("one")
    return file.parent


class Work:
    """Copies a text and counts how often it was asked to."""

    def __init__(self, text: str) -> None:
        self.text, self.times = text, 0

    def __call__(self, out: Path) -> None:
        self.times += 1
        out.write_text(self.text)


def test_a_stage_runs_once_while_nothing_changes(tmp_path: Path, source: Path) -> None:
    work = Work("made")
    assert run_stage(tmp_path / "out", work, inputs=[source], code=[])
    assert not run_stage(tmp_path / "out", work, inputs=[source], code=[])
    assert work.times == 1


@pytest.mark.parametrize("change", ["content", "name", "new file", "parameter", "code"])
def test_a_stage_runs_again_when_something_it_depends_on_changes(tmp_path: Path, source: Path, change: str) -> None:
    code = tmp_path / "code.py"
    code.write_text("x = 1")
    before = fingerprint([source], {"beam": 4}, [code])
    match change:
        case "content":
            (source / "one.txt").write_text("two")
        case "name":
            (source / "one.txt").rename(source / "two.txt")
        case "new file":
            (source / "two.txt").write_text("")
        case "code":
            code.write_text("x = 2")
    assert fingerprint([source], {"beam": 5 if change == "parameter" else 4}, [code]) != before


def test_a_stage_that_fails_leaves_the_last_good_artifact_and_is_made_again(tmp_path: Path, source: Path) -> None:
    out = tmp_path / "out"
    run_stage(out, Work("good"), inputs=[source], code=[])
    (source / "one.txt").write_text("changed")

    def fail(partial: Path) -> None:
        partial.write_text("half")
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        run_stage(out, fail, inputs=[source], code=[])
    assert out.read_text() == "good"
    assert run_stage(out, Work("better"), inputs=[source], code=[])
    assert out.read_text() == "better"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".stages", "out", "source"]


def test_a_stage_runs_again_with_other_parameters(tmp_path: Path, source: Path) -> None:
    work = Work("made")
    run_stage(tmp_path / "out", work, inputs=[source], code=[], parameters={"language": "sw"})
    assert not run_stage(tmp_path / "out", work, inputs=[source], code=[], parameters={"language": "sw"})
    assert run_stage(tmp_path / "out", work, inputs=[source], code=[], parameters={"language": "zu"})
    assert run_stage(tmp_path / "out", work, inputs=[source], code=[])


def test_an_artifact_that_was_removed_is_made_again(tmp_path: Path, source: Path) -> None:
    work = Work("made")
    run_stage(tmp_path / "out", work, inputs=[source], code=[])
    (tmp_path / "out").unlink()
    assert run_stage(tmp_path / "out", work, inputs=[source], code=[])
