"""The version of the program, on which every ETag depends."""

from pathlib import Path

from query_ui.http.cache_headers import compute_version


def test_a_version_depends_on_each_text_file_and_setting_alone(tmp_path: Path) -> None:
    (tmp_path / "pages" / "deep").mkdir(parents=True)
    (tmp_path / "bundle").mkdir()
    (tmp_path / "pages" / "deep" / "a.html").write_text("one", "utf-8")
    (tmp_path / "pages" / "b.rq").write_text("two", "utf-8")
    found = [compute_version([tmp_path], ["x"])]
    (tmp_path / "bundle" / "editor.js").write_text("made by npm", "utf-8")
    (tmp_path / "pages" / "picture.png").write_bytes(b"no text")
    assert compute_version([tmp_path], ["x"]) == found[0]
    found.append(compute_version([tmp_path], ["y"]))
    (tmp_path / "pages" / "deep" / "a.html").write_text("three", "utf-8")
    found.append(compute_version([tmp_path], ["x"]))
    (tmp_path / "pages" / "b.rq").rename(tmp_path / "b.rq")
    found.append(compute_version([tmp_path], ["x"]))
    (tmp_path / "c.css").write_text("", "utf-8")
    found.append(compute_version([tmp_path], ["x"]))
    found.append(compute_version([tmp_path / "pages", tmp_path / "bundle"], ["x"]))
    assert len(set(found)) == len(found)
