#!/usr/bin/env python3
"""Opens a report in Chromium and looks at it as a reader would: on a desk, on a phone, in the dark, on paper.

    python3 tests/browser/check.py REPORT.html OUTPUT_FOLDER

Needs chromium and poppler-utils (pdfinfo, pdftotext), and no Python package. Screenshots and the PDF are left in the output
folder. Exits with 1 and a line per fault when: the page is wider than the screen, something goes to the console as an error,
the page asks the network for anything, a chart's text leaves its chart or two texts of a chart overlap, or the PDF
has an empty page or fewer than three.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")
A4 = {"paperWidth": 8.27, "paperHeight": 11.69}
TIMEOUT = 60

# What sticks out of the page, and which texts of charts stick out of their chart or lie on each other.
LOOK = """
(() => {
  const name = e => {
    const label = (e.textContent || '').trim().replace(/\\s+/g, ' ').slice(0, 40);
    return e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + (label ? ' "' + label + '"' : '');
  };
  const page = document.documentElement;
  const scrolls = e => {
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
      if (getComputedStyle(p).overflowX !== 'visible') return true;
    return false;
  };
  const wide = page.scrollWidth <= innerWidth ? [] : [...document.body.querySelectorAll('*')]
    .filter(e => !e.closest('svg svg, svg *') && e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e))
    .slice(0, 10).map(name);
  const outside = [], overlapping = [];
  let texts = 0, smallest = Infinity;
  const charts = [...document.querySelectorAll('svg')].filter(s => !s.parentElement.closest('svg'));
  for (const chart of charts) {
    const frame = chart.getBoundingClientRect();
    if (frame.width === 0) continue;
    const seen = [];
    for (const text of chart.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      if (box.width === 0 || !text.textContent.trim() || getComputedStyle(text).visibility === 'hidden') continue;
      texts += 1;
      smallest = Math.min(smallest, parseFloat(getComputedStyle(text).fontSize) * Math.abs(text.getScreenCTM().a || text.getScreenCTM().b));
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        outside.push(name(text));
      // Line boxes are taller than letters: only a good part of a letter's height counts.
      for (const other of seen) {
        const x = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const y = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (x > 2 && y > 0.4 * Math.min(box.height, other.box.height, box.width, other.box.width))
          overlapping.push(name(text) + ' and ' + name(other.text));
      }
      seen.push({ text, box });
    }
  }
  return { scrollWidth: page.scrollWidth, wide, outside, overlapping, charts: charts.length, texts,
           smallest: texts ? smallest : null, height: page.scrollHeight, words: document.body.innerText.split(/\\s+/).length };
})()
"""


class Browser:
    """Chromium over its debugging pipe."""

    def __init__(self, program, profile):
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        command = [program, "--headless", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-sandbox", "--disable-gpu",
                   "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                   "--disable-component-update", "--disable-sync", "--hide-scrollbars", "about:blank"]

        # Chromium reads commands from descriptor 3 and answers on 4. Moved out of the way first, so that neither is overwritten.
        def wire():
            a, b = os.dup(theirs_in), os.dup(theirs_out)
            while min(a, b) < 5:
                a, b = os.dup(a), os.dup(b)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(command, preexec_fn=wire, close_fds=False,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.incoming, self.outgoing = ours_in, ours_out
        self.buffer, self.events, self.number = b"", [], 0

    def read(self, deadline):
        while b"\0" not in self.buffer:
            if not select.select([self.incoming], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("chromium doesn't answer")
            piece = os.read(self.incoming, 1 << 20)
            if not piece:
                raise RuntimeError("chromium ended; does it run here? try: chromium --headless --no-sandbox --dump-dom about:blank")
            self.buffer += piece
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def call(self, method, session=None, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.outgoing, data):]
        deadline = time.monotonic() + TIMEOUT
        while True:
            answer = self.read(deadline)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        """Reads on until an event came in, be it earlier."""
        deadline = time.monotonic() + TIMEOUT
        while not any(e.get("method") == method for e in self.events):
            self.events.append(self.read(deadline))

    def close(self):
        try:
            self.call("Browser.close")
        except (OSError, RuntimeError, TimeoutError):
            self.process.kill()
        self.process.wait(timeout=TIMEOUT)


def errors(events):
    """What the page complained about, and what it asked the network for."""
    for event in events:
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            yield "exception: " + details.get("exception", {}).get("description", details.get("text", "")).split("\n")[0]
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert"):
            yield "console: " + " ".join(str(a.get("value", a.get("description", ""))) for a in params["args"])
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            yield "console: " + params["entry"]["text"]
        elif method == "Network.requestWillBeSent" and not params["request"]["url"].startswith(("file:", "data:", "blob:")):
            yield "network: " + params["request"]["url"][:100]


def look(browser, report, out, width, scheme):
    """Faults of the page at one width and colour scheme; leaves a screenshot."""
    browser.events.clear()
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.call(f"{domain}.enable", session)
    browser.call("Emulation.setDeviceMetricsOverride", session, width=width, height=900, deviceScaleFactor=1, mobile=False)
    browser.call("Emulation.setEmulatedMedia", session, media="", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.events.clear()
    browser.call("Page.navigate", session, url=report.resolve().as_uri())
    browser.wait("Page.loadEventFired")
    browser.call("Runtime.evaluate", session, expression="document.fonts.ready.then(() => true)", awaitPromise=True)
    # Folded parts are opened: their charts are to be seen too.
    browser.call("Runtime.evaluate", session, expression="document.querySelectorAll('details').forEach(d => d.open = true)")
    answer = browser.call("Runtime.evaluate", session, expression=LOOK, returnByValue=True)
    if "exceptionDetails" in answer:
        raise RuntimeError(f"look: {answer['exceptionDetails']['exception'].get('description')}")
    seen = answer["result"]["value"]
    faults = list(errors(browser.events))
    if seen["scrollWidth"] > width:
        faults.append(f"{seen['scrollWidth']} px wide: " + "; ".join(seen["wide"]))
    faults += [f"text outside its chart: {t}" for t in seen["outside"][:10]]
    faults += [f"texts overlap in a chart: {t}" for t in seen["overlapping"][:10]]
    if not seen["words"] > 1:
        faults.append("the page is empty")
    shot = browser.call("Page.captureScreenshot", session, format="png", captureBeyondViewport=True,
                        clip={"x": 0, "y": 0, "width": width, "height": min(seen["height"], 16_000), "scale": 1})
    (out / f"{width}-{scheme}.png").write_bytes(base64.b64decode(shot["data"]))
    small = "" if seen["smallest"] is None else f", smallest {seen['smallest']:.1f} px"
    print(f"{width} px, {scheme}: {seen['height']} px high, {seen['charts']} charts with {seen['texts']} texts{small}")
    return [f"{width} px, {scheme}: {fault}" for fault in faults], session, target


def paper(browser, session, out):
    """Faults of the printed page; leaves the PDF."""
    pdf = out / "report.pdf"
    printed = browser.call("Page.printToPDF", session, printBackground=True, preferCSSPageSize=True, **A4)
    pdf.write_bytes(base64.b64decode(printed["data"]))
    info = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    pages = next(int(line.split()[1]) for line in info.splitlines() if line.startswith("Pages:"))
    print(f"PDF: {pages} pages")
    faults = [] if pages > 2 else [f"PDF: {pages} pages, expected more than 2"]
    for page in range(1, pages + 1):
        text = subprocess.run(["pdftotext", "-f", str(page), "-l", str(page), pdf, "-"], capture_output=True, text=True, check=True).stdout
        if not text.strip():
            faults.append(f"PDF: page {page} is empty")
    return faults


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: check.py REPORT.html OUTPUT_FOLDER")
    report, out = Path(sys.argv[1]), Path(sys.argv[2])
    if not report.is_file():
        sys.exit(f"check.py: no such file: {report}")
    out.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    for tool, found in (("chromium", program), ("pdfinfo", shutil.which("pdfinfo")), ("pdftotext", shutil.which("pdftotext"))):
        if not found:
            sys.exit(f"check.py: {tool} is not installed: apt-get install chromium poppler-utils")
    faults = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            for width in WIDTHS:
                for scheme in SCHEMES:
                    found, session, target = look(browser, report, out, width, scheme)
                    faults += found
                    if (width, scheme) == (WIDTHS[0], SCHEMES[0]):
                        faults += paper(browser, session, out)
                    browser.call("Target.closeTarget", targetId=target)
        finally:
            browser.close()
    for fault in faults:
        print(f"FAULT {fault}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
