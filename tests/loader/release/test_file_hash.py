"""The hash of a file is that of its content, however it is read."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loader.release import file_hash
from loader.release.file_hash import hash_file, read_file_hash


@given(data=st.binary(max_size=20))
def test_a_file_is_hashed_in_parts(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("file") / "data"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file_hash, "BYTES_AT_ONCE", 4)
        assert read_file_hash(path) == (hashlib.sha256(data).hexdigest(), len(data))
    assert hash_file(path) == hashlib.sha256(data).hexdigest()


def test_a_file_that_cannot_be_read_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_file_hash(tmp_path / "none")
