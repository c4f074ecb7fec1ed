"""Reads pages of docs/ as their readers do: what is typed, what is printed, and what is seen in the journal."""

import re

BLOCK = re.compile(
    r"(?P<notes>(?:<!-- (?:prints|not run|seen): [^>]*? -->\n)*)```(?P<language>\w+)\n(?P<text>.*?)```", re.DOTALL
)
NOTE = re.compile(r"<!-- (prints|not run|seen): (.*?) -->")
HEADING = re.compile(r"^(#{1,4}) (.+)$", re.MULTILINE)
FENCED = re.compile(r"```.*?```", re.DOTALL)


class Block:
    """A block of a page: commands (`sh`), of which `prints` notes one of the texts that they print, separated by ` | `; or
    lines that are seen (`text`)."""

    def __init__(self, match):
        self.language = match["language"]
        self.text = match["text"]
        self.notes = dict(NOTE.findall(match["notes"]))

    @property
    def is_typed(self):
        return self.language == "sh" and "not run" not in self.notes


class Section:
    def __init__(self, title, text):
        self.title = title
        self.anchor = re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        self.blocks = [Block(match) for match in BLOCK.finditer(text)]


def sections(text):
    """The sections of a page in their order, of all levels; comments in blocks are no headings."""
    hidden = FENCED.sub(lambda fenced: " " * len(fenced[0]), text)
    headings = list(HEADING.finditer(hidden))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    return [Section(heading[2], text[heading.end() : end]) for heading, end in zip(headings, ends, strict=True)]


def pattern(line):
    """A line of a page, in which `…` stands for what differs."""
    return re.compile(".*?".join(re.escape(part) for part in line.strip().split("…")), re.DOTALL)
