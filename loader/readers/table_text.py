"""Delimited text as people save it: its encoding, its ``sep=`` line and its delimiter."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loader.errors import DataError, Finding, Severity
from loader.readers.csv_positions import TableRow, parse_delimited_rows
from loader.readers.source import SourceFile

DELIMITERS = (",", ";", "\t", "|")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    # The mark of UTF-32-LE begins with that of UTF-16-LE, so it comes first.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WINDOWS_ENCODING = "cp1252"
_SAMPLE_CHARACTERS = 200_000
_SAMPLE_LINES = 200
_MIN_AGREEING_LINES = 3
_MIN_AGREEING_SHARE = 0.6
_MIN_SPACED_SHARE = 0.8
_MIN_ZERO_SHARE = 0.7
_SEPARATOR_LINE = re.compile(r"\"?sep=([^\w\s\"]|\t)\"?[,;\t|]*", re.IGNORECASE)
_QUOTED_CELL = re.compile(r'(?m)(?:^|(?<=[,;\t|]))"[^"]*+(?:""[^"]*+)*+(?:"|\Z)')
_DELIMITER_IN_PROSE = re.compile(r"[,;|] ")


@dataclass(frozen=True, slots=True)
class TableText:
    """Delimited text: ``source`` has its data as UTF-8, and path, name and hash of the file.

    ``encoding`` is the name of the codec of the file; ``has_separator_line`` says that its first
    line is ``sep=`` and the delimiter, which spreadsheet programs write and pass over.
    """

    source: SourceFile
    encoding: str
    delimiter: str
    has_separator_line: bool

    @property
    def is_guessed(self) -> bool:
        """Whether the encoding is no more than likely: any bytes are text in Windows-1252."""
        return self.encoding == WINDOWS_ENCODING

    def iterate_rows(self) -> Iterator[TableRow]:
        """Yield all rows below a ``sep=`` line, with the line numbers of the file.

        Raise DataError where the quotation marks are broken.
        """
        for row in parse_delimited_rows(self.source, self.delimiter):
            if not (self.has_separator_line and row.start == 1):
                yield row


def read_table_text(source: SourceFile) -> TableText:
    """Decode delimited text and find its delimiter; raise DataError where it is no text."""
    decoded, encoding = decode_table_text(source)
    first = next(iter(decoded.lines), "")
    declared = _SEPARATOR_LINE.fullmatch(first)
    delimiter = declared[1] if declared else detect_delimiter(decoded.text)
    return TableText(decoded, encoding, delimiter, bool(declared))


def decode_table_text(source: SourceFile) -> tuple[SourceFile, str]:
    """Return a file with its data as UTF-8, and the codec that it had.

    A byte order mark decides; else the text is UTF-8, UTF-16 where every other byte is 0, or
    Windows-1252. Raise DataError, with the line, for damaged UTF-8 and for what is no text.
    """
    data = source.data
    for mark, codec in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode(source, data[len(mark) :], codec), codec
    codec = _detect_utf16(data[:_SAMPLE_CHARACTERS])
    if codec:
        return _decode(source, data, codec), codec
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if _is_mostly_utf8(data):
            # One wrong byte in UTF-8 must not turn all accented letters into pairs of signs.
            return _decode(source, data, "utf-8"), "utf-8"
        if b"\0" in data:
            raise _build_binary_error(source) from None
        return _decode(source, data, WINDOWS_ENCODING), WINDOWS_ENCODING
    return source, "utf-8"


def _detect_utf16(sample: bytes) -> str:
    """Return the codec of UTF-16 without a byte order mark, "" for other data.

    In Latin script every other byte is 0.
    """
    for codec, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros.count(0) > len(sample) // 2 * _MIN_ZERO_SHARE:
            return codec
    return ""


def _build_binary_error(source: SourceFile) -> DataError:
    line = source.data[: source.data.index(0)].count(b"\n") + 1
    message = "this is no text: it holds the byte 0; save the table as CSV in UTF-8."
    finding = Finding(source.path, line, 0, Severity.ERROR, message, "not-text")
    return DataError(str(finding), [finding])


def _is_mostly_utf8(data: bytes) -> bool:
    """Return whether more characters beyond ASCII are valid UTF-8 than bytes are not."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return sum(not character.isascii() for character in text) - wrong > wrong


def _decode(source: SourceFile, data: bytes, codec: str) -> SourceFile:
    """Return the file with ``data``, decoded with ``codec``, as UTF-8."""
    if codec == "utf-8":
        decoded = SourceFile(source.path, source.name, data, source.sha256)
        decoded.text  # noqa: B018 (raises DataError with the position of a wrong byte)
        return decoded
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(codec, "replace").count("\n") + 1
        message = (
            f"{source.path} is neither UTF-8 nor {codec} text: the byte 0x{data[error.start]:02X} "
            f"(line {line}) belongs to no character; save the file as UTF-8."
        )
        finding = Finding(source.path, line, 0, Severity.ERROR, message, "not-utf-8")
        raise DataError(message, [finding]) from None
    return SourceFile(source.path, source.name, text.encode("utf-8"), source.sha256)


def detect_delimiter(text: str) -> str:
    """Return the delimiter of a text; a tab where nothing divides its lines.

    It is the commonest in the first line that is not empty, where more lines agree or there are
    hardly any. Above the header of a download there may be prose, so else the delimiter counts
    that occurs equally often in most lines from one on.
    """
    bare = _QUOTED_CELL.sub("", text[:_SAMPLE_CHARACTERS])
    lines = [line for line in bare.split("\n") if line.strip(" ")][:_SAMPLE_LINES]
    if not lines:
        return DELIMITERS[0]
    first = max(DELIMITERS, key=lines[0].count)
    width = lines[0].count(first)
    alike = [line.count(first) for line in lines[1:]].count(width)
    is_prose = _DELIMITER_IN_PROSE.search(lines[0]) and alike < _MIN_SPACED_SHARE * len(lines)
    if width and (len(lines) <= _MIN_AGREEING_LINES or (alike and not is_prose)):
        return first
    found = max(DELIMITERS[:3], key=lambda mark: _count_agreement(lines, mark))
    if _count_agreement(lines, found):
        return found
    return first if width else "\t"


def _count_agreement(lines: Sequence[str], delimiter: str) -> int:
    """Return how well a delimiter divides lines alike: agreeing lines times delimiters; 0 for not.

    A delimiter before a space is prose.
    """
    counts = [_DELIMITER_IN_PROSE.sub("", line).count(delimiter) for line in lines]
    tally = Counter(count for count in counts if count)
    width = max(tally, key=lambda count: tally[count] * count, default=0)
    if tally[width] < _MIN_AGREEING_LINES:
        return 0
    below = counts[counts.index(width) :]
    return tally[width] * width if tally[width] >= _MIN_AGREEING_SHARE * len(below) else 0
