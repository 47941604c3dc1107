"""Writes a text into a file whole or not at all."""

from pathlib import Path

from loader.errors import BuildError


def write_text_atomically(path: Path, text: str) -> None:
    """Write ``text`` to ``path``; BuildError, and the file as it was, where that cannot be done."""
    draft = path.with_name(f"{path.name}.draft")
    try:
        draft.write_text(text, "utf-8", newline="")
        draft.replace(path)
    except OSError as error:
        raise BuildError(f"{path}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
