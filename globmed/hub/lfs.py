"""Which files are kept by LFS, and which patterns say so."""

from collections.abc import Iterable

import pathspec

from globmed.storage.lines import split_lines

#: From this size on, whatever the name says.
LFS_FROM_BYTES = 10 * 1024 * 1024
#: What the public Hub puts into a new repository's .gitattributes.
_EVERYWHERE = (
    *("7z", "arrow", "bin", "bz2", "ckpt", "ftz", "gz", "h5", "joblib", "mlmodel", "model", "msgpack", "npy", "npz"),
    *("onnx", "ot", "parquet", "pb", "pickle", "pkl", "pt", "pth", "rar", "safetensors", "tar", "tflite", "tgz"),
    *("wasm", "xz", "zip", "zst"),
)
_DATASETS = (
    *("lz4", "mds", "pcm", "sam", "raw", "aac", "flac", "mp3", "ogg", "wav"),
    *("bmp", "gif", "png", "tiff", "jpg", "jpeg", "webp", "mp4", "webm"),
)


def gitattributes(repository_type: str) -> bytes:
    """The .gitattributes of a new repository."""
    extensions = [*_EVERYWHERE, *(_DATASETS if repository_type == "dataset" else ())]
    return "".join(f"*.{extension} filter=lfs diff=lfs merge=lfs -text\n" for extension in extensions).encode()


def lfs_patterns(attributes: str) -> list[str]:
    """The patterns of a .gitattributes file whose files LFS keeps."""
    return [line.split()[0] for line in split_lines(attributes) if "filter=lfs" in line.split()[1:]]


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether git's ignore rules match a path."""
    return pathspec.GitIgnoreSpec.from_lines(patterns).match_file(path)
