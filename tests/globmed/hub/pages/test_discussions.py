"""The form of a new discussion: filled in from its address, and sent by whoever logged in."""

from urllib.parse import quote

from huggingface_hub import DiscussionComment, HfApi

from globmed.hub.process import RunningHub
from tests.globmed.hub.conftest import NewRepository
from tests.globmed.hub.pages.reading import client, read

TITLE, TEXT = 'Error in "a" & <b>', "Item: `a`\n\n<script>alert(1)</script>"


def test_the_form_is_filled_in_and_opens_a_discussion(
    server: RunningHub, api: HfApi, new_repository: NewRepository
) -> None:
    name = new_repository()
    address = f"{server.url}/datasets/{name}/discussions/new"
    page = read(f"{address}?title={quote(TITLE)}&description={quote(TEXT)}", token=server.token)
    assert next(each for each in page.all("input") if each.attributes["name"] == "title").attributes["value"] == TITLE
    assert page.all("textarea")[0].text == TEXT
    sent = client().post(address, auth=("aisha", server.token), data={"title": TITLE, "description": TEXT})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/datasets/{name}/discussions/1")
    opened = api.get_discussion_details(name, 1, repo_type="dataset")
    assert opened.title == TITLE
    assert isinstance(opened.events[0], DiscussionComment)
    assert opened.events[0].content == TEXT


def test_a_stranger_sees_what_is_filled_in_and_where_to_log_in(
    server: RunningHub, new_repository: NewRepository
) -> None:
    name = new_repository()
    address = f"/datasets/{name}/discussions/new?title={quote(TITLE)}"
    page = read(server.url + address)
    assert TITLE in page.text()
    assert not page.all("form")
    assert f"/login?to={quote(address)}" in page.links()
    assert client().post(server.url + address, data={"title": TITLE}).status_code == 401


def test_a_form_without_a_title_or_from_another_site_opens_nothing(
    server: RunningHub, api: HfApi, new_repository: NewRepository
) -> None:
    name = new_repository()
    address = f"{server.url}/datasets/{name}/discussions/new"
    auth = ("aisha", server.token)
    assert client().post(address, auth=auth, data={"title": " "}).status_code == 400
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client().post(address, auth=auth, data={"title": TITLE}, headers=elsewhere).status_code == 403
    assert not list(api.get_repo_discussions(name, repo_type="dataset"))
