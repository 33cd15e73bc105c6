"""A real Chromium without a window, driven by chromedriver over WebDriver's plain HTTP."""

import base64
import contextlib
import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
--disable-background-networking --disable-component-update --disable-dev-shm-usage
--force-device-scale-factor=1 --hide-scrollbars""".split()
# https://www.w3.org/TR/webdriver2/, section 17.4.2.
KEYS = {"Enter": "\ue007", "Backspace": "\ue003", "Tab": "\ue004", "Right": "\ue014"}
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def missing():
    """Why there is no browser to test with, or an empty string."""
    absent = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"needs Debian's chromium and chromium-driver; no {absent[0]} here" if absent else ""


class Browser:
    """A page that tests read, type and click in."""

    def __init__(self, session, downloads):
        self.session = session
        self.downloads = downloads

    def open(self, url):
        # What earlier pages complained of is none of this one's business.
        self.complaints()
        call(f"{self.session}/url", {"url": url})

    def run(self, script, *arguments):
        """What a script returns."""
        return call(f"{self.session}/execute/sync", {"script": script, "args": list(arguments)})

    def wait(self, script, seconds=60):
        """Waits until an expression is true."""
        deadline = time.monotonic() + seconds
        while not self.run(f"return Boolean({script})"):
            assert time.monotonic() < deadline, f"{script} is still false: {self.text('body')}"
            time.sleep(0.05)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0]).innerText", selector)

    def click(self, selector):
        call(f"{self.session}/element/{self._find(selector)}/click", {})

    def type(self, selector, text):
        """Puts a text in the place of what a field holds."""
        element = self._find(selector)
        call(f"{self.session}/element/{element}/clear", {})
        call(f"{self.session}/element/{element}/value", {"text": text})

    def press(self, *keys):
        """Presses keys wherever the focus is."""
        actions = []
        for key in keys:
            value = KEYS.get(key, key)
            actions += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        call(f"{self.session}/actions", {"actions": [source]})

    def complaints(self):
        """What the browser has complained of since it was last asked."""
        return [entry["message"] for entry in call(f"{self.session}/se/log", {"type": "browser"})]

    def resize(self, width, height):
        call(f"{self.session}/window/rect", {"width": width, "height": height})

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(call(f"{self.session}/screenshot")))

    def _find(self, selector):
        found = call(f"{self.session}/element", {"using": "css selector", "value": selector})
        return found[ELEMENT]


@contextlib.contextmanager
def browser(folder, *flags):
    """Starts a browser with a profile of its own in a folder; yields a `Browser`."""
    profile, downloads = folder / "profile", folder / "downloads"
    driver = subprocess.Popen(
        ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        for line in driver.stdout:
            started = re.search(r"started successfully on port (\d+)", line)
            if started:
                break
        server = f"http://127.0.0.1:{started.group(1)}"
        options = {
            "args": [*FLAGS, f"--user-data-dir={profile}", *flags],
            "prefs": {"download.default_directory": str(downloads)},
        }
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        capabilities = {"alwaysMatch": wanted}
        opened = call(f"{server}/session", {"capabilities": capabilities})
        session = f"{server}/session/{opened['sessionId']}"
        try:
            yield Browser(session, downloads)
        finally:
            call(session, method="DELETE")
    finally:
        driver.terminate()
        driver.wait()
        driver.stdout.close()


def call(url, fields=None, method=None):
    """One command of WebDriver; returns its value."""
    data = None if fields is None else json.dumps(fields).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    # No proxy of the environment between this and the driver.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=120) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        with error:
            said = json.load(error)["value"]
        raise AssertionError(f"{said['error']}: {said['message'][:500]}") from None
