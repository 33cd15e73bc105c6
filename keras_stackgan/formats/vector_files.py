"""Files of sentence vectors as they circulate: NumPy's, pickles, Torch7's; no code of them runs."""

from pathlib import Path

import numpy as np

from keras_stackgan.formats.plain_pickle import read_plain_pickle
from keras_stackgan.formats.torch7 import read_torch7

SUFFIXES = (".npy", ".npz", ".pickle", ".pkl", ".t7")


def read_vectors(path):
    """Reads vectors, and the texts or picture files that they belong to where the file says so.

    - `.npy`: the array; no keys.
    - `.npz`: the entry `vectors`; keys from the entry `texts`, if there.
    - `.pickle`, `.pkl`: a dictionary from key to vector; or an array or a list of arrays, with keys
      from `filenames.pickle` beside it, if there.
    - `.t7`: a table from key to vector; a tensor or a list of tensors, without keys; or a picture
      of the authors' data, with the key `img` and the vectors `txt`.
    - a folder: such pictures from all `.t7` files in it, in the order of their paths.

    Args:
        path: str or path of a file or a folder.

    Returns:
        A tuple of a list of str or None, and a float32 array `(N, dim)` or, with several vectors a
        key, `(N, vectors, dim)`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is damaged, of another kind, or holds no such vectors.

    Example:

    ```python
    pictures, vectors = read_vectors("birds/train/char-CNN-RNN-embeddings.pickle")
    vectors.shape  # (8855, 10, 1024)
    ```
    """
    path = Path(path)
    if path.is_dir():
        keys, vectors = _read_folder(path)
    elif path.suffix not in SUFFIXES:
        raise ValueError(
            f"`path` must be a folder or end in {', '.join(SUFFIXES)}. Received: '{path}'"
        )
    else:
        keys, vectors = _READERS[path.suffix](path)
    vectors = _checked(path, vectors)
    if keys is not None and len(keys) != len(vectors):
        raise ValueError(
            f"'{path}' must have a key for each vector, not {len(keys)} for {len(vectors)}."
        )
    return keys, vectors


def _checked(path, vectors):
    try:
        vectors = np.asarray(vectors)
        if vectors.dtype.kind not in "fiu":
            raise TypeError(f"the type {vectors.dtype}")
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"'{path}' must hold numbers, equally many a vector. Received: {str(error)[:200]}"
        ) from None
    if vectors.ndim not in (2, 3) or 0 in vectors.shape:
        raise ValueError(
            f"'{path}' must hold vectors of the shape (N, dim) or (N, vectors, dim). Received: "
            f"{vectors.shape}"
        )
    return vectors.astype("float32", copy=False)


def _read_npy(path):
    return None, _load_numpy(path)


def _read_npz(path):
    arrays = _load_numpy(path)
    if "vectors" not in arrays:
        raise ValueError(
            f"'{path}' must hold the entry 'vectors', and may hold 'texts'. Received: "
            f"{sorted(arrays)[:8]}"
        )
    texts = arrays.get("texts")
    if texts is None:
        return None, arrays["vectors"]
    if texts.dtype.kind != "U" or texts.ndim != 1:
        raise ValueError(
            f"'{path}' must hold 'texts' as an array (N,) of str. Received: {texts.dtype} "
            f"{texts.shape}"
        )
    return texts.tolist(), arrays["vectors"]


def _load_numpy(path):
    try:
        with open(path, "rb") as file:
            content = np.load(file, allow_pickle=False)
            return content if isinstance(content, np.ndarray) else dict(content)
    except OSError:
        raise
    except Exception as error:
        # NumPy's readers of arrays and archives raise nearly any error for damaged bytes.
        raise ValueError(
            f"'{path}' must be a whole file of NumPy arrays without objects. Received: "
            f"{type(error).__name__}: {str(error)[:200]}"
        ) from error


def _read_pickle(path):
    content = read_plain_pickle(path)
    if isinstance(content, dict):
        return _split(path, content, _repaired)
    names = path.with_name("filenames.pickle")
    keys = read_plain_pickle(names) if names.is_file() else None
    if keys is None:
        return None, content
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise ValueError(f"'{names}' must hold a list of file names. Received: {keys!r:.80}")
    return [_repaired(key) for key in keys], content


def _repaired(key):
    """A text that Python 2 kept as the bytes of its UTF-8, which were read as Latin-1."""
    try:
        return key.encode("latin1").decode("utf-8")
    except UnicodeError:
        return key


def _read_t7(path):
    content = read_torch7(path)
    if not isinstance(content, dict):
        return None, content
    if "txt" in content and isinstance(content.get("img"), str):
        return [content["img"]], [content["txt"]]
    return _split(path, content)


def _split(path, table, repair=str):
    if table and list(table) == list(range(1, len(table) + 1)):
        # A list, in Lua.
        return None, list(table.values())
    wrong = [key for key in table if not isinstance(key, str)]
    if wrong:
        raise ValueError(
            f"'{path}' must hold a dictionary from text to vector. Received: the key "
            f"{wrong[0]!r:.80}"
        )
    return [repair(key) for key in table], list(table.values())


def _read_folder(path):
    keys, vectors = [], []
    for file in sorted(path.rglob("*.t7")):
        content = read_torch7(file)
        content = content if isinstance(content, dict) else {}
        if not isinstance(content.get("img"), str) or not isinstance(
            content.get("txt"), np.ndarray
        ):
            raise ValueError(f"'{file}' must hold a picture's name 'img' and its vectors 'txt'.")
        keys.append(content["img"])
        # A copy, or the whole file would stay in memory.
        vectors.append(content["txt"].astype("float32"))
    if not keys:
        raise ValueError(f"`path` must hold .t7 files. Received: '{path}', which holds none.")
    return keys, vectors


_READERS = {".npy": _read_npy, ".npz": _read_npz, ".t7": _read_t7}
_READERS.update({".pickle": _read_pickle, ".pkl": _read_pickle})
