"""What a file is shown as: by its bytes, whatever it calls itself; pictures only as we drew them (P10)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from outreach.casework import file_kinds, pictures
from outreach.casework.file_kinds import FileKind
from outreach.ground.settings import ROOT

SAMPLES = ROOT / "simulator" / "sample_files"
SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><html><body>" + SCRIPT
DOWNLOAD = FileKind("download", "application/octet-stream", "bin")


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    made = io.BytesIO()
    mode = "RGBA" if options.pop("clear", False) else "RGB"
    Image.new(mode, size, (200, 30, 60)).save(made, kind, **options)
    return made.getvalue()


def boxed(brand: bytes) -> bytes:
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + brand + b"isom" + bytes(64)


@pytest.mark.parametrize(
    ("content", "declared", "shows", "content_type"),
    [
        ((SAMPLES / "voice-note.ogg").read_bytes(), "audio/ogg", "audio", "audio/ogg"),
        ((SAMPLES / "voice-note.ogg").read_bytes(), "text/html", "audio", "audio/ogg"),
        (b"ID3" + bytes(99), "audio/mpeg", "audio", "audio/mpeg"),
        (b"\xff\xf1" + bytes(99), "audio/aac", "audio", "audio/aac"),
        (b"#!AMR\n" + bytes(99), "audio/amr", "audio", "audio/amr"),
        (boxed(b"M4A "), "audio/mp4", "audio", "audio/mp4"),
        (boxed(b"mp42"), "audio/mp4", "audio", "audio/mp4"),
        (boxed(b"mp42"), "video/mp4", "video", "video/mp4"),
        (boxed(b"mp42"), "text/html", "video", "video/mp4"),
        (picture(), "image/jpeg", "picture", "image/jpeg"),
        (picture("PNG"), "image/jpeg", "picture", "image/png"),
        (picture("WEBP"), "image/webp", "picture", "image/webp"),
    ],
)
def test_what_is_shown(content: bytes, declared: str, shows: str, content_type: str) -> None:
    kind = file_kinds.kind_of(content, declared)
    assert (kind.shows, kind.content_type) == (shows, content_type)


@pytest.mark.parametrize(
    "declared", ["audio/ogg", "image/jpeg", "video/mp4", "text/html", "image/svg+xml", ""]
)
@pytest.mark.parametrize(
    "content", [b"", SVG, HTML, b"\xef\xbb\xbf" + SVG, b"<?xml version='1.0'?>" + SVG, b"MZ" + bytes(99)]
)
def test_what_could_run_is_bytes(content: bytes, declared: str) -> None:
    """Whatever it calls itself, and whatever it is: a download that no program takes for its own."""
    assert file_kinds.kind_of(content, declared) == DOWNLOAD


def test_documents_are_handed_out() -> None:
    assert file_kinds.kind_of(b"%PDF-1.7\n" + SCRIPT, "application/pdf") == FileKind(
        "download", "application/octet-stream", "pdf"
    )


def test_a_document_that_unfolds_is_never_unfolded() -> None:
    """A zip bomb that calls itself a document: its bytes are handed out as they came."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(20_000_000))
    kind = file_kinds.kind_of(made.getvalue(), "application/msword")
    assert (kind.shows, kind.content_type) == ("download", "application/octet-stream")


def test_a_picture_says_neither_where_nor_when() -> None:
    """No metadata of any kind, nor bytes behind the picture, come along; it stands upright."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0132], exif[0x0112] = "MarcaDeTelefono", "2026:11:01 10:00:00", 6
    exif[0x8825] = {1: "N", 2: (20.0, 40.0, 0.0)}
    content = picture(exif=exif, comment=b"lugar secreto") + SCRIPT
    drawn, content_type = pictures.redrawn(content)
    assert content_type == "image/jpeg"
    for word in (b"MarcaDeTelefono", b"2026:11", b"Exif", b"lugar secreto", SCRIPT):
        assert word not in drawn
    with Image.open(io.BytesIO(drawn)) as opened:
        assert (opened.size, dict(opened.getexif()), "comment" in opened.info) == ((40, 60), {}, False)


def test_what_rides_with_a_png_stays_behind() -> None:
    made = io.BytesIO()
    image = Image.new("RGBA", (30, 20), (1, 2, 3, 90))
    told = PngInfo()
    told.add_text("Comment", SCRIPT.decode())
    image.save(made, "PNG", pnginfo=told, icc_profile=b"perfil" * 30)
    drawn, content_type = pictures.redrawn(made.getvalue())
    assert content_type == "image/png"
    assert SCRIPT not in drawn
    with Image.open(io.BytesIO(drawn)) as opened:
        assert opened.getpixel((0, 0)) == (1, 2, 3, 90)
        assert opened.info == {}


def test_a_large_picture_is_shown_smaller() -> None:
    drawn, _ = pictures.redrawn(picture(size=(5000, 3000)))
    with Image.open(io.BytesIO(drawn)) as opened:
        assert max(opened.size) <= pictures.LONGEST_SIDE


def bomb(width: int, height: int) -> bytes:
    """A PNG of so many pixels of one colour, of which only the head is written."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        bomb(30_000, 30_000),
        bomb(9_000, 9_000),
        picture()[:300],
        b"\xff\xd8\xff" + HTML,
        b"\x89PNG\r\n\x1a\n" + SVG,
        picture("GIF"),
        picture("TIFF"),
        picture("BMP"),
        SVG,
        HTML,
        b"RIFF" + bytes(4) + b"WEBP" + bytes(40),
    ],
)
def test_what_is_no_picture_is_not_drawn(content: bytes) -> None:
    """Too many pixels, cut short, of another kind, or only with the first bytes of one."""
    with pytest.raises(pictures.NotAPictureError):
        pictures.redrawn(content)


def test_samples_are_there() -> None:
    """The simulator's own voice note and picture are what a phone may send."""
    assert pictures.redrawn(Path(SAMPLES / "picture.png").read_bytes())[0]
