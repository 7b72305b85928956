"""Pages as a browser reads them: elements with their attributes, and texts."""

from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2 as httpx

#: Elements that have no end.
VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


@dataclass
class Element:
    """An element with its attributes, and the text in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """The elements of a page."""

    source: str
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        self.feed(self.source)
        self.close()
        assert self._open == [], f"never closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str) -> list[Element]:
        return [each for each in self.elements if each.tag == tag]

    def text(self) -> str:
        return " ".join(self.all("main")[0].text.split())

    def links(self) -> list[str]:
        return [each.attributes["href"] for each in self.all("a") if "href" in each.attributes]

    def asked_for(self) -> list[str]:
        """Return what a browser would fetch by itself."""
        return [each.attributes["src"] for each in self.elements if "src" in each.attributes] + [
            each.attributes["href"] for each in self.all("link")
        ]


@cache
def client() -> httpx.Client:
    """Return a client for all requests: each new one reads the system's certificates."""
    return httpx.Client()


def read(url: str, *, token: str | None = None, status: int = 200) -> Page:
    """Return the page at an address, as a browser with a token gets it; it is checked for what all pages have."""
    auth = None if token is None else ("anybody", token)
    answer = client().get(url, auth=auth, headers={"Accept": "text/html"}, timeout=60)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    page = Page(answer.text)
    check(page, url)
    return page


def check(page: Page, url: str) -> None:
    """Check that nothing runs on a page, that it asks nobody else, and that it has what readers need."""
    assert not page.all("script")
    assert not [name for each in page.elements for name in each.attributes if name.startswith("on") or name == "style"]
    hosts = {urlsplit(urljoin(url, each)).netloc for each in page.asked_for()}
    assert hosts <= {urlsplit(url).netloc}
    assert page.all("html")[0].attributes["lang"] == "en"
    assert page.all("title")[0].text
    assert len(page.all("h1")) == 1
    ids = [each.attributes["id"] for each in page.elements if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    assert all(each.attributes.get("alt") is not None for each in page.all("img"))
