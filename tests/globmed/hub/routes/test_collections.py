"""Collections of repositories."""

import pytest
from huggingface_hub.errors import HfHubHTTPError

from tests.globmed.hub.routes.conftest import As


def test_a_collection_keeps_an_order_and_shows_each_reader_what_they_may_read(client: As) -> None:
    boss, guest = client("boss"), client("guest")
    for name, private in (("shelf/one", False), ("shelf/two", True)):
        boss.create_repo(name, repo_type="dataset", private=private)
    nested = boss.create_collection("Nested", namespace="shelf")
    made = boss.create_collection("Data of the Ward", namespace="shelf", description="read first")
    boss.add_collection_item(made.slug, "shelf/one", "dataset", note="old")
    boss.add_collection_item(made.slug, "shelf/two", "dataset")
    boss.add_collection_item(made.slug, nested.slug, "collection")
    with pytest.raises(HfHubHTTPError) as error:
        boss.add_collection_item(made.slug, "shelf/one", "dataset")
    assert error.value.response.status_code == 409
    first = boss.get_collection(made.slug).items[0]
    boss.update_collection_item(made.slug, first.item_object_id, note="new", position=1)
    whole = boss.get_collection(made.slug)
    assert [(each.item_id, each.note) for each in whole.items] == [
        ("shelf/two", None),
        ("shelf/one", "new"),
        (nested.slug, None),
    ]
    assert [each.item_id for each in guest.get_collection(made.slug).items] == ["shelf/one", nested.slug]
    found = [each.slug for each in client("nobody").list_collections(item="datasets/shelf/one")]
    assert found == [made.slug]
    boss.delete_collection_item(made.slug, first.item_object_id)
    boss.delete_collection(nested.slug)
    assert [each.item_id for each in boss.get_collection(made.slug).items] == ["shelf/two"]


def test_a_private_one_is_its_owners(client: As) -> None:
    guest, nurse = client("guest"), client("nurse")
    made = guest.create_collection("Mine", private=True)
    for who in (nurse, client("nobody")):
        with pytest.raises(HfHubHTTPError):
            who.get_collection(made.slug)
        assert made.slug not in {each.slug for each in who.list_collections(owner="guest")}
    changed = guest.update_collection_metadata(made.slug, title="Ours", private=False, theme="pink")
    assert changed.slug != made.slug
    assert nurse.get_collection(made.slug).slug == changed.slug
    for attempt in (
        lambda: nurse.update_collection_metadata(made.slug, title="Theirs"),
        lambda: nurse.delete_collection(made.slug),
        lambda: nurse.create_collection("In another's name", namespace="guest"),
    ):
        with pytest.raises(HfHubHTTPError) as error:
            attempt()
        assert error.value.response.status_code == 403
    guest.delete_collection(made.slug)
    with pytest.raises(HfHubHTTPError) as error:
        guest.get_collection(made.slug)
    assert error.value.response.status_code == 404


@pytest.mark.parametrize("field", ["title", "description", "theme"])
def test_a_field_that_is_too_long_or_unknown_is_refused(client: As, field: str) -> None:
    guest = client("guest")
    made = guest.create_collection("Fields")
    with pytest.raises(HfHubHTTPError, match=f"{field}") as error:
        guest.update_collection_metadata(made.slug, **{field: "x" * 200})  # type: ignore[arg-type]
    assert error.value.response.status_code == 400
    guest.delete_collection(made.slug)
