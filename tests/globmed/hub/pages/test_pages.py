"""The pages of real repositories, read as a browser reads them."""

import base64
import json
import re
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from globmed.hub.operating.erase import Target, erase
from globmed.hub.process import RunningHub
from tests.globmed.hub.conftest import NewRepository
from tests.globmed.hub.pages.conftest import SVG, Published
from tests.globmed.hub.pages.reading import Page, client, read


def leads(page: Page, label: str) -> str:
    """Return where the only link with a label leads."""
    (link,) = {each.attributes["href"] for each in page.all("a") if each.text.strip() == label}
    return link


def test_a_reader_finds_every_page_from_the_first_one(published: Published) -> None:
    """All links of this server are followed: each leads to a page, a file or an image."""
    seen: set[str] = set()
    waiting = [f"{published.hub.url}/", published.url]
    while waiting:
        url = waiting.pop()
        page = read(url)
        for link in {urljoin(url, each).partition("#")[0] for each in (*page.links(), *page.asked_for())}:
            here = urlsplit(link)
            if link in seen or here.netloc != urlsplit(url).netloc or not here.path.startswith("/datasets/clinic"):
                continue
            seen.add(link)
            if "/resolve/" in link or "/image/" in link:
                assert client().get(link).status_code == 200, link
            elif not re.search(r"/(tree|blob)/[0-9a-f]{40}", link):
                waiting.append(link)
    assert {f"{published.url}/{each}" for each in ("tree/main", "commits/main", "versions", "discussions/1")} <= seen
    assert len(seen) > 20


def test_the_first_page_lists_what_its_reader_may_read(published: Published) -> None:
    everyone, owner = (
        read(f"{published.hub.url}/clinic"),
        read(f"{published.hub.url}/clinic", token=published.hub.token),
    )
    assert published.name in everyone.text()
    assert published.private not in everyone.text()
    assert f"{published.private} private" in owner.text()
    assert published.name in read(f"{published.hub.url}/datasets?search=QUEST").text()
    assert published.name not in read(f"{published.hub.url}/?search=nothing").text()
    assert published.name not in read(f"{published.hub.url}/models").text()
    read(f"{published.hub.url}/nobody", status=401)
    read(f"{published.hub.url}/nobody", token=published.hub.token, status=404)


def test_a_card_is_shown_without_what_it_would_run(published: Published) -> None:
    page = read(published.url)
    assert [each.text for each in page.all("h1")] == [published.name]
    assert "Questions" in [each.text for each in page.all("h2")]
    assert "language:sw" in [each.text for each in page.all("li")]
    assert leads(page, "Swahili") == f"/datasets/{published.name}/blob/main/languages/sw.md"
    (image,) = page.all("img")
    drawing = client().get(urljoin(published.url, image.attributes["src"]))
    assert (drawing.content, drawing.headers["content-type"]) == (SVG, "image/svg+xml")
    assert "sandbox" in drawing.headers["content-security-policy"]


LINKS = b"[](a)" * 15_000


@pytest.mark.parametrize(
    ("card", "reason", "shown"),
    [
        (b"---\na: &a [x, x]\nb: &b [*a, *a]\n---\n# Title\n", "", "Title"),
        (LINKS, "It is too long to be shown. This is its text:", LINKS.decode()),
        (b"x" * (256 * 1024 + 1), "It is not a small text, and is not shown here.", ""),
        (b"\xff\xfe", "It is not a small text, and is not shown here.", ""),
        (b"", "", ""),
    ],
)
def test_a_text_that_cannot_be_shown_says_why(
    published: Published, api: HfApi, new_repository: NewRepository, card: bytes, reason: str, shown: str
) -> None:
    name = new_repository()
    # Under another name, since the client would refuse the first one.
    api.upload_file(path_or_fileobj=card, path_in_repo="card.md", repo_id=name, repo_type="dataset")
    page = read(f"{published.hub.url}/datasets/{name}/blob/main/card.md")
    assert shown in page.text()
    assert reason in page.text()


def test_folders_and_files_of_a_revision(published: Published) -> None:
    root = read(f"{published.url}/tree/v1.0.0")
    assert "notes/ 1 file" in root.text()
    folder = read(urljoin(published.url, leads(root, "notes/")))
    file = read(urljoin(published.url, leads(folder, "a b#c?.txt")))
    assert file.all("pre")[0].text.strip() == "first\n<b>changed</b>\nthird"
    assert client().get(urljoin(published.url, leads(file, "Download"))).content == b"first\n<b>changed</b>\nthird\n"
    assert "notes" not in read(f"{published.url}/tree/main").text()
    read(f"{published.url}/tree/main/notes", status=404)
    read(f"{published.url}/blob/main/{quote('notes/a b#c?.txt')}", status=404)
    read(f"{published.url}/tree/v9", status=404)
    assert "It is not a small text" in read(f"{published.url}/blob/main/data/some.dat").text()
    read(f"{published.url}/tree/draft%2Fone")
    read(f"{published.url}/tree/{published.removed[:9]}")


def test_a_commit_shows_what_it_changed(published: Published) -> None:
    page = read(f"{published.url}/commit/{published.changed}")
    (difference,) = page.all("pre")
    lines = [
        (each.attributes["class"], each.text.strip("\n")) for each in page.all("span") if each.text in difference.text
    ]
    assert ("old", "-second") in lines
    assert ("new", "+<b>changed</b>") in lines
    assert ("same", " first") in lines
    assert [each.text.split() for each in page.all("h2")] == [
        ["changed", "data/some.dat"],
        ["changed", "notes/a", "b#c?.txt"],
    ]
    assert "it is not a text" in page.text()
    gone = read(f"{published.url}/commit/{published.removed}")
    assert [each.text.split()[0] for each in gone.all("h2")] == ["removed"]


def test_history_and_versions(published: Published) -> None:
    history = read(f"{published.url}/commits/main")
    titles = [each.text for each in history.all("a") if "/commit/" in each.attributes["href"]]
    assert titles[:3] == ["Remove", "Correct a dose", "Add <everything>"]
    assert "v1.0.0" in history.text()
    versions = read(f"{published.url}/versions")
    assert [each.text for each in versions.all("th") if each.attributes["scope"] == "row"] == [
        "v1.0.0",
        "main",
        "draft/one",
    ]


def test_discussions_and_pull_requests(published: Published) -> None:
    listed = read(f"{published.url}/discussions")
    assert "Is <i>this</i> right?" in listed.text()
    assert "Is <i>this</i> right?" not in read(f"{published.url}/discussions?status=closed").text()
    page = read(f"{published.url}/discussions/1")
    assert [each.text for each in page.all("strong")] == ["questions", "Yes"]
    proposed = read(f"{published.url}/discussions/2")
    assert "Pull request" in proposed.text()
    assert [each.text for each in read(urljoin(published.url, leads(proposed, "Its files"))).all("th")][-1]
    read(f"{published.url}/discussions/99", status=404)


def test_every_address_that_the_api_hands_out_opens(server: RunningHub, api: HfApi) -> None:
    for kind in ("dataset", "model", "space"):
        options = {"space_sdk": "static"} if kind == "space" else {}
        made = api.create_repo(f"clinic/handed-{kind}", repo_type=kind, **options)  # type: ignore[arg-type]
        read(str(made))
        file = api.upload_file(path_or_fileobj=b"x", path_in_repo="a/b.txt", repo_id=made.repo_id, repo_type=kind)
        read(str(file.commit_url))
        read(str(file))
        asked = api.create_discussion(made.repo_id, "title", repo_type=kind)
        read(asked.url)
        change = [CommitOperationAdd("c.txt", b"y")]
        proposed = api.create_commit(made.repo_id, change, commit_message="t", repo_type=kind, create_pr=True)
        assert proposed.pr_url
        read(proposed.pr_url)


def test_a_private_repository_is_shown_to_whoever_logs_in(published: Published) -> None:
    url = f"{published.hub.url}/datasets/{published.private}"
    missing = read(f"{published.hub.url}/datasets/clinic/nothing", status=401)
    refused = read(url, status=401)
    assert refused.text().replace(published.private, "clinic/nothing") == missing.text(), (
        "it looks as if it did not exist"
    )
    login = urljoin(url, leads(refused, "log in"))
    asked = client().get(login)
    assert (asked.status_code, asked.headers["www-authenticate"].split()[0]) == (401, "Basic")
    back = client().get(login, auth=("anybody", published.hub.token))
    assert (back.status_code, urljoin(url, back.headers["location"])) == (303, url)
    assert "Not for everyone" in read(url, token=published.hub.token).text()
    wrong = client().get(url, auth=("anybody", "not-the-token-of-anyone"))
    assert (wrong.status_code, wrong.headers["www-authenticate"].split()[0]) == (401, "Basic"), "it asks once more"
    for path in ("tree/main", "blob/main/README.md", "image/main/x.svg", "commits/main", "versions", "discussions"):
        read(f"{url}/{path}", status=401)


@pytest.mark.parametrize("target", ["//example.org", "https://example.org", "/\\example.org", "/%0d%0aX: y", ""])
def test_logging_in_leads_nowhere_else(published: Published, target: str) -> None:
    answer = client().get(f"{published.hub.url}/login?to={target}", auth=("x", published.hub.token))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://example.org"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_a_page_of_another_site_changes_nothing_in_the_name_of_who_logged_in(
    published: Published, headers: dict[str, str]
) -> None:
    body = json.dumps({"name": "forged", "organization": "clinic", "type": "dataset"})
    basic = base64.b64encode(f"x:{published.hub.token}".encode()).decode()
    address = f"{published.hub.url}/api/repos/create"
    forged = client().post(address, content=body, headers={"Authorization": f"Basic {basic}", **headers})
    assert forged.status_code == 403
    assert client().get(f"{published.hub.url}/api/datasets/clinic/forged").status_code == 401


def test_an_old_name_leads_to_the_new_one(published: Published, api: HfApi, new_repository: NewRepository) -> None:
    old = new_repository()
    new = f"{old}-moved"
    api.move_repo(old, new, repo_type="dataset")
    for asked in (old, old.replace("globmed", "%67lobmed"), old.upper()):
        moved = client().get(f"{published.hub.url}/datasets/{asked}/tree/refs%2Fheads%2Fmain?p=0")
        assert (moved.status_code, moved.headers["location"]) == (307, f"/datasets/{new}/tree/refs%2Fheads%2Fmain?p=0")


def test_logging_in_leads_back_to_the_page_with_its_query(published: Published) -> None:
    url = f"{published.url}/tree/draft%2Fone?p=0"
    login = urljoin(url, leads(read(url), "Log in"))
    back = client().get(login, auth=("x", published.hub.token))
    assert urljoin(url, back.headers["location"]) == url


def test_long_titles_are_cut(published: Published, api: HfApi, new_repository: NewRepository) -> None:
    name, title = new_repository(), "t" * 100_000
    api.create_discussion(name, title, repo_type="dataset")
    change = [CommitOperationAdd("a.txt", b"a")]
    commit = api.create_commit(name, change, commit_message=title, repo_type="dataset").oid
    url = f"{published.hub.url}/datasets/{name}"
    for place in ("", "/tree/main", "/commits/main", f"/commit/{commit}", "/discussions", "/discussions/1"):
        assert len(read(f"{url}{place}").source) < 50_000


def test_what_was_taken_down_is_a_page_that_says_why(
    published: Published, api: HfApi, new_repository: NewRepository, storage: Path
) -> None:
    name = new_repository()
    change = [CommitOperationAdd("README.md", b"# Withdrawn\n"), CommitOperationAdd("x.txt", b"x")]
    api.create_commit(name, change, commit_message="add", repo_type="dataset")
    erase(storage, Target("dataset", name, ("README.md",), None), "consent withdrawn", everywhere=False, dry_run=False)
    page = read(f"{published.hub.url}/datasets/{name}")
    assert "consent withdrawn" in page.text()
    assert "Withdrawn" not in page.text()
    assert "consent withdrawn" in read(f"{published.hub.url}/datasets/{name}/blob/main/README.md", status=410).text()
    erase(storage, Target("dataset", name, (), None), "licence withdrawn", everywhere=False, dry_run=False)
    assert "licence withdrawn" in read(f"{published.hub.url}/datasets/{name}/tree/main", status=410).text()


def test_clients_get_the_answers_that_they_got(published: Published) -> None:
    for path in ("/api/nothing", "/api/datasets/clinic/nothing", "/datasets/clinic/nothing/resolve/main/x", "/a/b/c/d"):
        answer = client().get(published.hub.url + path)
        assert answer.headers["content-type"] == "application/json", path
        assert "error" in answer.json()
    wrong = client().get(f"{published.hub.url}/api/whoami-v2", auth=("x", "wrong"))
    assert "www-authenticate" not in wrong.headers


def test_long_listings_have_pages(published: Published, api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    files = [CommitOperationAdd(f"f{number:03}.txt", b"x") for number in range(260)]
    api.create_commit(name, files, commit_message="many", repo_type="dataset")
    url = f"{published.hub.url}/datasets/{name}/tree/main"
    first = read(url)
    second = read(urljoin(url, leads(first, "Next")))
    shown = [each.text for page in (first, second) for each in page.all("a") if each.text.startswith("f")]
    assert shown == [f"f{number:03}.txt" for number in range(260)]
    head = client().head(url)
    assert (head.status_code, head.content) == (200, b"")
