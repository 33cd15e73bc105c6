"""Takes the picture of the demo page that README shows: docs/demo.png.

    python tools/demo_screenshot.py

Needs Debian's chromium and chromium-driver.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

from PIL import Image

ROOT = pathlib.Path(__file__).parent.parent
PRESET = "stackgan_v2_painted_birds_256"
CAPTION = "a red bird"
COLORS = 256


def main():
    sys.path.append(str(ROOT / "tests/pages"))
    import browser

    command = [sys.executable, "-m", "keras_stackgan", "demo", "--preset", PRESET, "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        address = next(found for line in server.stdout if (found := re.search(r"http\S+", line)))
        with tempfile.TemporaryDirectory() as folder, browser.browser(pathlib.Path(folder)) as page:
            page.resize(1100, 1000)
            page.open(address.group())
            page.wait("document.querySelector('#examples button')")
            page.type("#caption", CAPTION)
            page.type("#num-images", "2")
            page.click("#go")
            page.wait("document.querySelectorAll('.picture img').length === 6")
            shot = pathlib.Path(folder) / "shot.png"
            page.screenshot(shot)
            with Image.open(shot) as picture:
                small = picture.convert("RGB").quantize(COLORS)
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
    small.save(ROOT / "docs/demo.png", optimize=True)


if __name__ == "__main__":
    main()
