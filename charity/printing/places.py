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
SYSTEM_FONTS: Final = Path("/usr/share/fonts/truetype")
RARE_FONTS: Final[dict[str, Path]] = {
    "BabelStone Han": SYSTEM_FONTS / "babelstone" / "BabelStoneHan.ttf",
    "HanaMinB": SYSTEM_FONTS / "hanazono" / "HanaMinB.ttf",
    "Noto Sans Mongolian": SYSTEM_FONTS / "noto" / "NotoSansMongolian-Regular.ttf",
    "Noto Serif Tibetan": SYSTEM_FONTS / "noto" / "NotoSerifTibetan-Regular.ttf",
    "Noto Naskh Arabic": SYSTEM_FONTS / "noto" / "NotoNaskhArabic-Regular.ttf",
    "Noto Sans Symbols2": SYSTEM_FONTS / "noto" / "NotoSansSymbols2-Regular.ttf",
}
"""For what our own font lacks, in this order: Chinese characters of the extensions B to H, Mongolian, Tibetan, Uyghur,
signs. Debian packages of `.ci/setup.sh`; where one is missing its characters print as 〓."""
