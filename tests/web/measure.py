"""How fast the page is: `python -m tests.web.measure` starts the server as a user would, prints the figures.

The first start builds the index in an empty folder, the second opens it. Times are in seconds: from the start
of the command to the page's first paint and to the first answer (`start`), and of a later visit to a server
that runs (`visit`).
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from tests.web.conftest import FLAGS, browser_path

QUESTION = "2025年森林覆盖率目标是多少？"


def visit(browser, url, since):
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    opened = time.perf_counter()
    page.goto(url)
    page.wait_for_selector("#jw-box textarea")
    usable = time.perf_counter()
    page.fill("#jw-box textarea", QUESTION)
    page.press("#jw-box textarea", "Enter")
    page.wait_for_selector(".jw-sources", timeout=300_000)
    answered = time.perf_counter()
    paints = page.evaluate("performance.getEntriesByType('paint').map(e => [e.name, e.startTime])")
    painted = dict(paints)["first-contentful-paint"] / 1000
    page.context.close()
    return {
        "first_paint": round(opened - since + painted, 2),
        "usable": round(usable - since, 2),
        "first_answer": round(answered - since, 2),
    }


def run(browser, data):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    since = time.perf_counter()
    environment = os.environ | {"JIWEN_DATA": data, "JIWEN_PORT": str(port)}
    server = subprocess.Popen([sys.executable, "-m", "bot"], env=environment, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                urllib.request.urlopen(f"{url}widget.js").close()
                break
            except OSError:
                time.sleep(0.05)
        start = visit(browser, url, since)
        return {"start": start, "visit": visit(browser, url, time.perf_counter())}
    finally:
        server.terminate()
        server.wait(20)


def main():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as data:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        figures = {name: run(browser, data) for name in ("first_start", "second_start")}
        browser.close()
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
