"""Read HTML and mind whatever a browser would only guess at."""

from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Strict(HTMLParser):
    """What is on a page: its tags, its texts, and its mistakes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.mistakes: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[tuple[str, ...], str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if "svg" not in self.open:
            self.mistakes.append(f"<{tag}/> is closed at once outside of a picture")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.words.append((tuple(self.open), data))

    def text_in(self, *tags: str) -> str:
        """Return the texts within any of these tags, one after the other."""
        return "\n".join(word for within, word in self.words if set(tags) & set(within))

    def all_of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if len(dict(attrs)) != len(attrs):
            self.mistakes.append(f"<{tag}> has an attribute twice")


def read(html: str) -> Strict:
    """Return what is on a page."""
    parser = Strict()
    parser.feed(html)
    parser.close()
    return parser
