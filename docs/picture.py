"""Draws what the demo prints as docs/demo.svg: accord demo | python docs/picture.py > docs/demo.svg."""

import sys
from html import escape

COLOURS = {"✓": "#7ec699", "✗": "#f2777a", "RESULT: OK": "#7ec699", "RESULT: FAILED": "#f2777a"}
WIDEST, LINE, LETTER, MARGIN = 118, 17, 7.4, 16


def shortened(lines: list[str]) -> list[str]:
    """The story without its end, each line as wide as the picture."""
    end = next((index for index, line in enumerate(lines) if line.startswith("What to try")), len(lines))
    return [line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…" for line in lines[:end]]


def drawn(line: str, y: int) -> str:
    """One line: headings bold, marks and answers in colour."""
    text = line.strip()
    colour = next((colour for mark, colour in COLOURS.items() if text.startswith(mark)), "#d3d0c8")
    weight = ' font-weight="bold"' if line[:1].isdigit() else ""
    return f'<text x="{MARGIN}" y="{y}" fill="{colour}"{weight} xml:space="preserve">{escape(line)}</text>'


def picture(lines: list[str]) -> str:
    """The whole document."""
    width, height = round(WIDEST * LETTER) + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    texts = [drawn(line, MARGIN + LINE * (number + 1) - 4) for number, line in enumerate(lines)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">',
            '<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12.2px">',
            f'<rect width="{width}" height="{height}" rx="8" fill="#2d2d2d"/>',
            *texts,
            "</g></svg>",
        ]
    )


if __name__ == "__main__":
    print(picture(shortened(sys.stdin.read().strip("\n").splitlines())))
