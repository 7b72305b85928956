"""Pull requests against other branches than main."""

import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import RevisionNotFoundError

from tests.globmed.hub.conftest import NewRepository


def test_a_pull_request_against_a_branch_is_merged_there(api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    api.create_branch(name, branch="draft", repo_type="dataset")

    def offer(branch: str, path: str) -> int:
        added = [CommitOperationAdd(path, b"1")]
        made = api.create_commit(name, added, commit_message=path, repo_type="dataset", revision=branch, create_pr=True)
        assert made.pr_num is not None
        return made.pr_num

    number = offer("draft", "a.txt")
    details = api.get_discussion_details(name, number, repo_type="dataset")
    assert (details.target_branch, details.conflicting_files) == ("refs/heads/draft", [])
    api.merge_pull_request(name, number, repo_type="dataset")
    assert "a.txt" in api.list_repo_files(name, repo_type="dataset", revision="draft")
    assert "a.txt" not in api.list_repo_files(name, repo_type="dataset")
    for revision in ("nothing", api.dataset_info(name).sha or ""):
        with pytest.raises(RevisionNotFoundError):
            offer(revision, "b.txt")


def test_one_whose_branch_is_gone_is_shown_and_not_merged(api: HfApi, new_repository: NewRepository) -> None:
    name = new_repository()
    api.create_branch(name, branch="draft", repo_type="dataset")
    added = [CommitOperationAdd("a.txt", b"1")]
    made = api.create_commit(name, added, commit_message="a", repo_type="dataset", revision="draft", create_pr=True)
    assert made.pr_num is not None
    api.delete_branch(name, branch="draft", repo_type="dataset")
    assert api.get_discussion_details(name, made.pr_num, repo_type="dataset").status == "open"
    with pytest.raises(RevisionNotFoundError):
        api.merge_pull_request(name, made.pr_num, repo_type="dataset")
