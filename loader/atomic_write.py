"""Atomic writing of text files: a file is replaced completely or left as it was."""

from pathlib import Path

from loader.errors import BuildError


def write_text_atomically(path: Path, text: str) -> None:
    """Replace the file ``path`` with ``text``; raise BuildError and leave the file on failure."""
    draft = path.with_name(f"{path.name}.draft")
    try:
        draft.write_text(text, "utf-8", newline="")
        draft.replace(path)
    except OSError as error:
        raise BuildError(f"{path}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
