"""Where the packaged templates, styles and fonts lie."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
STATIC: Final = ROOT / "static"
TEMPLATES: Final = ROOT / "templates"
LAYOUTS: Final = TEMPLATES / "printing"
FONTS: Final = STATIC / "vendor" / "fonts"
FONT_REGULAR: Final = FONTS / "NotoSansSC-Regular.ttf"
FONT_BOLD: Final = FONTS / "NotoSansSC-Bold.ttf"
