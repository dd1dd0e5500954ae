"""HTML out of nested calls; whatever is not `Markup` enters it as text."""

from __future__ import annotations

import re
from html import escape

# Neither HTML nor XML may hold these, whatever a document does.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_VOID = frozenset({"meta", "wbr", "rect", "line", "circle", "polyline"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | None


def text(content: str) -> Markup:
    """Plain text, escaped; characters that no page may hold become U+FFFD."""
    return Markup(escape(_FORBIDDEN.sub("\ufffd", content)))


def element(tag: str, *children: Child, **attributes: str | float | None) -> Markup:
    """An element; its children are markup, or text that is escaped.

    Args:
        tag: the element's name.
        children: its content; None stands for nothing.
        attributes: an underscore at the end is dropped (``class_``), others become hyphens. None
            leaves the attribute out.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{text(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _VOID and not children:
        return Markup(f"<{tag}{written}/>")
    return Markup(f"<{tag}{written}>{join(*children)}</{tag}>")


def breakable(name: str) -> Markup:
    """A name such as ``Positive_Correlation`` that may go on in the next line at its ``_``."""
    first, *others = name.split("_")
    return join(first, *(part for each in others for part in ("_", element("wbr"), each)))


def join(*children: Child) -> Markup:
    """Children one after the other, without an element around them."""
    return Markup(
        "".join(
            child if isinstance(child, Markup) else text(child)
            for child in children
            if child is not None
        )
    )
