from __future__ import annotations

import io
import zipfile

import pytest

from bot.authoring.incoming import MEBIBYTE, UnusableFile, read_text


def read(content: bytes) -> str:
    return read_text(io.BytesIO(content), name="faq.csv", most=MEBIBYTE)


def spreadsheet() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "faq.csv is empty."),
        (b"\xef\xbb\xbf\r\n", "faq.csv is empty."),
        ("question\nWo ist das Café?".encode("latin-1"), "faq.csv isn't UTF-8 (line 2). Save it as UTF-8."),
        ("question".encode("utf-16"), "faq.csv is UTF-16. Save it as UTF-8."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "faq.csv is a binary file, not text."),
        (
            spreadsheet(),
            "faq.csv is a spreadsheet, a document or another zip file, not text. Save it as CSV or Markdown.",
        ),
        (b"%PDF-1.7", "faq.csv is a PDF, not text. Save it as CSV or Markdown."),
        (b"a" * 50 * MEBIBYTE, "faq.csv is larger than 1 MiB. Split it, or leave out what isn't needed."),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence_or_two(content: bytes, complaint: str) -> None:
    with pytest.raises(UnusableFile) as refused:
        read(content)

    assert str(refused.value) == complaint


def test_text_comes_without_its_byte_order_mark_and_with_plain_line_breaks() -> None:
    assert read(b"\xef\xbb\xbfa\r\nb\rc\n") == "a\nb\nc\n"


def test_a_large_file_is_not_read_to_its_end() -> None:
    file = io.BytesIO(b"a" * 50 * MEBIBYTE)

    with pytest.raises(UnusableFile):
        read_text(file, name="faq.csv", most=MEBIBYTE)

    assert file.tell() == MEBIBYTE + 1
