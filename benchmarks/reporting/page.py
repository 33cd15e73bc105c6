"""The page, of which each benchmark has a part of its own."""

import re


def with_part(page, name, text):
    """The page with a benchmark's text between its two marks, which are added if absent."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    block = f"{begin}\n{text}\n{end}"
    if begin in page:
        pattern = f"{re.escape(begin)}.*?{re.escape(end)}"
        return re.sub(pattern, lambda match: block, page, flags=re.S)
    return f"{page.rstrip()}\n\n{block}\n"


def heading(title, lines):
    """What a part begins with: where, when and how it was measured."""
    # Of several runs where one has added to another's lines.
    runs = dict.fromkeys((line["command"], line["date"], _where(line)) for line in lines)
    said = [f"`{command}`, {date}: {where}" for command, date, where in runs]
    return f"## {title}\n\n" + "\n\n".join(said)


def _where(line):
    return f"{line['machine']}, {line['cores']} cores; {line['versions']}."
