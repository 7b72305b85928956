"""Which files LFS keeps."""

from globmed.hub.storage.lfs import gitattributes, lfs_patterns


def test_only_patterns_with_the_filter_are_of_lfs() -> None:
    assert lfs_patterns("*.bin filter=lfs -text\n\n*.csv text\nfilter=lfs text\n") == ["*.bin"]


def test_pictures_and_sounds_are_of_lfs_in_datasets_alone() -> None:
    dataset, model = (set(lfs_patterns(gitattributes(kind).decode())) for kind in ("dataset", "model"))
    assert {"*.parquet", "*.safetensors"} <= model < dataset
    assert {"*.wav", "*.png"} <= dataset - model
