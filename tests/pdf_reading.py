"""Reading PDFs back, as a person with a scanner would: text, codes, sizes, pages."""

import io
import os
import subprocess

import pikepdf
import zxingcpp
from PIL import Image

URL = "https://cishan.example.org/r/P6PW369KS9GXXCGGC3U3W96699"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
MARK = b"0123456789abcdef"


def text_of(pdf: bytes):
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def flat(pdf: bytes):
    return "".join(text_of(pdf).split())


def codes_in(pdf: bytes, page: int = 1, dpi: int = 200):
    png = subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-png", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    ).stdout
    return sorted(code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(png))))


def paper_size_mm(pdf: bytes):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        _, _, width, height = (float(side) for side in document.pages[0].mediabox)
    return round(width * 25.4 / 72), round(height * 25.4 / 72)


def page_count(pdf: bytes):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def children_running(module: str):
    """The direct children of this process that run a module."""
    listed = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True, check=False
    )
    return [line for line in listed.stdout.splitlines() if module in line]
