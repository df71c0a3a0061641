"""Pages that people read: one style for reports, the index and the model cards.

A page carries its style and asks no network for anything: a content policy in its head
makes the browser refuse, whatever a notebook's output may hold.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

CHART = "application/vnd.retencion.chart"  # of a figure for a page, beside a notebook's picture
TEMPLATES = Path(__file__).parent / "templates"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {scripts}"


def common(*, scripts: bool = False, script: str = "") -> dict[str, str]:
    """Style and content policy of a page.

    Parameters
    ----------
    scripts : bool
        Admit the page's own inline scripts.
    script : str
        The one script that is admitted, by its hash, whatever else a notebook's output holds.
    """
    sha256 = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    admitted = "'unsafe-inline'" if scripts else f"'sha256-{sha256}'" if script else "'none'"
    return {
        "css": (TEMPLATES / "style.css").read_text(encoding="utf-8"),
        "policy": POLICY.format(scripts=admitted),
        "script": script,
    }


def report_script() -> str:
    """What sorts, saves and searches the tables of a report, and says the marks of its charts."""
    return (TEMPLATES / "informe/report.js").read_text(encoding="utf-8")


def render(template: str, *, scripts: bool = False, **facts: object) -> str:
    """Fill a template of `templates/`; every value is escaped unless it is `Markup`."""
    return _environment().get_template(template).render(**common(scripts=scripts), **facts)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
