"""Files that are whole or absent: written to a temporary name beside the target, then moved."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` and move it there on success; on failure leave
    nothing.

    Parameters
    ----------
    path : path_like
        Where the finished file will be. Missing parent folders are made.

    Yields
    ------
    pathlib.Path
        A name in the same folder with the same ending, to write to.

    Raises
    ------
    OSError
        If it cannot be written; the error names ``path``.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        _name(error, path, temporary)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write ``text`` to ``path`` atomically, in UTF-8."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _name(error: OSError, path: Path, temporary: Path) -> None:
    """Let an error of writing name the file that was wanted: a full disk names none, others the
    temporary one.
    """
    if error.errno is not None and error.filename in (None, str(temporary)):
        error.filename = str(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
