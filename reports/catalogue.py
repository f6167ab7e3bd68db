"""Words of sheets and pages in the reader's language: Chinese as written, English from `locale/en.po`.

The catalogue is a gettext file, which translators' tools open; only `msgid` and `msgstr` of one line each are read. Data is
never translated, only what this program says of it.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from typing import Self

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = ("zh", "en")


class Said(str):
    """A sentence with values in its places: Chinese to whoever takes it as text, and still to be said in another language."""

    template: str
    values: Mapping[str, object]

    @classmethod
    def of(cls, template: str, **values: object) -> Self:
        told = cls(template.format(**values))
        told.template, told.values = template, values
        return told


def said(template: str, **values: object) -> Said:
    """The sentence in Chinese. A value that is `Said` itself is said in the same language as the whole."""
    return Said.of(template, **values)


def with_code(words: Mapping[str, str], code: str) -> Said:
    """A code behind its word; a code without one as it is."""
    return said("{word} {code}", word=said(words[code]), code=code) if code in words else as_said(code)


def listed(texts: Iterable[str]) -> Said:
    """Texts of the catalogue one after the other."""
    told = [as_said(text) for text in texts]
    return reduce(lambda first, rest: said("{first}、{rest}", first=first, rest=rest), told) if told else said("")


def as_said(text: str) -> Said:
    """A text of the catalogue as a value of another sentence."""
    return text if isinstance(text, Said) else said(text.replace("{", "{{").replace("}", "}}"))


@dataclass(frozen=True)
class Words:
    """What to say in one language. A text that the catalogue lacks is said as it is written."""

    language: str = "zh"

    def __call__(self, text: str, **values: object) -> str:
        """The text, with `values` in its places."""
        if self.language == "zh":
            return text.format(**values) if values else str(text)
        known = read_catalogue(self.language)
        template: str = text
        if isinstance(text, Said):
            template, values = text.template, {n: self(v) if isinstance(v, Said) else v for n, v in text.values.items()}
        told = known.get(template, template)
        return told.format(**values) if values else told


CHINESE = Words()


@cache
def read_catalogue(language: str) -> Mapping[str, str]:
    """Every text with its translation."""
    said: dict[str, str] = {}
    text = ""
    for line in (LOCALE / f"{language}.po").read_text(encoding="utf-8").splitlines():
        word, _, quoted = line.partition(" ")
        if word == "msgid":
            text = ast.literal_eval(quoted)
        elif word == "msgstr" and text:
            said[text] = ast.literal_eval(quoted)
    return said
