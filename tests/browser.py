"""Open a page in headless Chromium at a given width and bring back what a script finds there.

Nothing but Chromium is needed: the page goes into a frame of the wanted width (a window
cannot be narrower than 500 px), and `--dump-dom` prints what its script left behind.
"""

import base64
import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

AXE = Path(__file__).parent / "accessibility/node_modules/axe-core/axe.min.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--window-size=1400,1000", "--hide-scrollbars", "--virtual-time-budget=60000", "--dump-dom",
]  # fmt: skip
HARNESS = """<!DOCTYPE html><html lang="es"><head><meta charset="utf-8"><title>Prueba</title></head>
<body><iframe title="Página" style="border:0;width:{width}px;height:900px" srcdoc="{page}"></iframe>
<script type="text/plain" id="found"></script></body></html>"""
REPORT = """<script>addEventListener("load", async () => {{
  let found; try {{ found = await (async () => {{ {script} }})(); }} catch (e) {{ found = {{error: String(e)}}; }}
  parent.document.getElementById("found").textContent = btoa(unescape(encodeURIComponent(JSON.stringify(found))));
}});</script>"""  # noqa: E501


def browser() -> str:
    """Path of Chromium; without one the test fails in CI and is skipped elsewhere."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or _without("no hay Chromium: instala el paquete 'chromium'")


def axe() -> str:
    """Source of axe-core."""
    if not AXE.is_file():
        _without("falta axe-core: ejecuta 'npm ci --prefix tests/accessibility'")
    return AXE.read_text(encoding="utf-8")


def _without(what: str) -> str:
    if os.environ.get("CI"):
        pytest.fail(f"En CI la accesibilidad se comprueba siempre: {what}.")
    pytest.skip(what)


def run(page: str, script: str, *, width: int, library: str = "") -> object:
    """Result of the body of an async function, run in a page once it has loaded."""
    # The page's own policy would refuse the script that looks at it.
    page = re.sub(r"<meta [^>]*Content-Security-Policy[^>]*>", "", page)
    tools = f"<script>{library}</script>{REPORT.format(script=script)}</body>"
    start, _, end = page.rpartition("</body>")
    text = HARNESS.format(width=width, page=html.escape(start + tools + end))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.html").write_text(text, encoding="utf-8")
        done = subprocess.run(
            [browser(), *FLAGS, f"--user-data-dir={folder}/profile", f"file://{folder}/page.html"],
            capture_output=True, text=True, timeout=180,
        )  # fmt: skip
    found = re.search(r'id="found">([A-Za-z0-9+/=]+)<', done.stdout)
    assert found, done.stderr[-2000:]
    return json.loads(base64.b64decode(found[1]))
