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
    first = lines[0]
    machine = f"{first['machine']}, {first['cores']} cores; {first['versions']}."
    return f"## {title}\n\n`{first['command']}`, {first['date']}: {machine}"
