"""The tables of facets, the server, and the command's mistakes."""

import io
from pathlib import Path

import polars as pl
import pytest
from starlette.testclient import TestClient

from globmed.errors import UserError
from globmed.schema import polars_schema
from globmed.versions.explore.contents import build_contents
from globmed.versions.explore.facets import facet_tables
from globmed.versions.explore.server import application
from globmed.versions.explore.site import INDEX, site
from tests.conftest import Globmed
from tests.globmed.versions.explore.made import DOSE, LANGUAGES, rows, write_rows


@pytest.fixture
def build(tmp_path: Path) -> Path:
    write_rows(tmp_path / "build" / "rows")
    return tmp_path / "build"


def test_the_tables_have_every_row_in_the_order_of_the_files(build: Path) -> None:
    contents = build_contents(build)
    assert contents.configs[0] == "english"
    items, facets = (pl.read_parquet(io.BytesIO(table)) for table in facet_tables(contents.files))
    assert items["id"].to_list() == sorted(set(rows("english")["id"]))
    ids = items["id"].gather(facets["item"])
    written = pl.concat([pl.read_parquet(file.local) for file in contents.files])
    assert ids.equals(written["id"].rename("id"))
    assert facets["status"].equals(written["review"].struct.field("status").rename("status"))
    flagged = facets.filter(facets["reasons"] != "")
    assert flagged["reasons"].to_list() == ["number_changed"]
    assert items.filter(pl.col("id") == DOSE)["task"].to_list() == ["mcqa"]


def test_a_file_from_before_a_column_has_none_of_its_values(build: Path) -> None:
    for file in build.rglob("*.parquet"):
        pl.read_parquet(file).drop("specialty", "review").write_parquet(file)
    items, facets = (pl.read_parquet(io.BytesIO(table)) for table in facet_tables(build_contents(build).files))
    assert items["specialty"].null_count() == items.height
    assert facets["status"].null_count() == facets.height == sum(rows(config).height for config in LANGUAGES)


def test_the_server_sends_ranges_of_the_files_and_nothing_else(build: Path) -> None:
    contents = build_contents(build)
    data = {file.path: file.local for file in contents.files}
    client = TestClient(application(site(contents, None, static=False), data), base_url="http://127.0.0.1")
    page = client.get("/")
    assert page.status_code == 200
    assert "connect-src 'self';" in page.text
    file = contents.files[0]
    part = client.get(f"/data/{file.path}", headers={"Range": "bytes=4-9"})
    assert (part.status_code, part.content) == (206, file.local.read_bytes()[4:10])
    assert client.get("/scripts/main.js").headers["content-type"].startswith("text/javascript")
    for path in ("/data/data/english/no.parquet", "/data/..%2f..%2fetc%2fpasswd", "/scripts/../server.py", "/no"):
        assert client.get(path).status_code == 404
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_the_static_page_may_ask_its_hub_and_nobody_else(build: Path) -> None:
    contents = build_contents(build)
    for hub, sources in (
        ("http://127.0.0.1:8734", "'self' http://127.0.0.1:8734"),
        ("https://huggingface.co", "'self' https://huggingface.co https://*.hf.co"),
    ):
        document = site(contents, hub, static=True)[INDEX].decode()
        assert f"connect-src {sources};" in document


def test_a_build_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no rows were built there; run `globmed build"):
        build_contents(tmp_path)


def test_a_damaged_file_or_one_of_no_split_is_refused(build: Path) -> None:
    (damaged,) = build.glob("rows/yoruba/test-*.parquet")
    damaged.write_bytes(b"PAR1 and no more")
    with pytest.raises(UserError, match=r"yoruba/test-exam\.parquet: cannot be read as Parquet"):
        build_contents(build)
    damaged.unlink()
    pl.DataFrame(schema=polars_schema()).write_parquet(damaged.with_name("later.parquet"))
    with pytest.raises(UserError, match=r"later\.parquet, expected it to begin with a split: train, validation, test"):
        build_contents(build)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "expected one: name --version"),
        (("--version", "1.0.0", "--build", "."), "expected one: name --version"),
        (("--build", ".", "--out", "page"), "expected --version"),
        (("--build", "."), "no rows were built there"),
        (("--version", "main"), "branches and pull requests can move"),
    ],
)
def test_a_mistake_is_told_in_a_line(globmed: Globmed, arguments: tuple[str, ...], said: str) -> None:
    done = globmed("explore", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
