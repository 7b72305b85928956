"""Files that are stored by LFS, and the .gitattributes patterns that select them."""

from collections.abc import Iterable

import pathspec

from globmed.storage.lines import split_lines

#: From this size on, whatever the name.
LFS_FROM_BYTES = 10 * 1024 * 1024
#: The public Hub's default for a new repository's .gitattributes.
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
    """Return the .gitattributes of a new repository."""
    extensions = [*_EVERYWHERE, *(_DATASETS if repository_type == "dataset" else ())]
    return "".join(f"*.{extension} filter=lfs diff=lfs merge=lfs -text\n" for extension in extensions).encode()


def lfs_patterns(attributes: str) -> list[str]:
    """Return the patterns of a .gitattributes file whose files LFS keeps."""
    return [line.split()[0] for line in split_lines(attributes) if "filter=lfs" in line.split()[1:]]


class Patterns:
    """git's ignore rules."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._spec = pathspec.GitIgnoreSpec.from_lines(lines)

    def match(self, path: str) -> bool:
        """Return whether the rules match a path."""
        return self._spec.match_file(path)
