"""Pages that people read: one style for reports, the index and the model cards.

A page carries its style and asks no network for anything: a content policy in its head
makes the browser refuse, whatever a notebook's output may hold.
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

TEMPLATES = Path(__file__).parent / "templates"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {scripts}"


def common(*, scripts: bool = False) -> dict[str, str]:
    """Style and content policy of a page; `scripts` admits the page's own inline ones."""
    return {
        "css": (TEMPLATES / "style.css").read_text(encoding="utf-8"),
        "policy": POLICY.format(scripts="'unsafe-inline'" if scripts else "'none'"),
    }


def render(template: str, *, scripts: bool = False, **facts: object) -> str:
    """Fill a template of `templates/`; every value is escaped unless it is `Markup`."""
    return _environment().get_template(template).render(**common(scripts=scripts), **facts)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
