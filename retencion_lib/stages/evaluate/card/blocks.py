"""What a card is made of: sections of sentences, lists and tables, as HTML or Markdown."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """Rows of words under their headings; `numeric` are the columns set to the right."""

    caption: str
    heads: list[str]
    rows: list[list[str]]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Section:
    """One heading of a card, in reading order: sentences, points and tables."""

    title: str
    said: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def markdown(title: str, lead: str, sections: list[Section]) -> str:
    """Card as Markdown, for a repository or a wiki."""
    parts = [f"# {title}", lead]
    for section in sections:
        parts += [f"## {section.title}", *section.said]
        if section.points:
            parts.append("\n".join(f"- {point}" for point in section.points))
        parts += [_markdown_table(table) for table in section.tables]
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: Table) -> str:
    rule = ["---:" if i in table.numeric else "---" for i in range(len(table.heads))]
    rows = [table.heads, rule, *table.rows]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join([f"**{table.caption}**", "", *lines])
