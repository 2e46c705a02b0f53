"""The vocabulary the pages are written in: plain HTML elements, and lists and parts that change without flicker.

Texts are given to the browser as texts, never as HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, Protocol, TypeVar

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class Tag(TextElement):
    """One HTML element: `Tag("a", "Incidents", "nav__link", href="/")`."""

    def __init__(self, tag: str, text: str = "", classes: str = "", /, **attributes: Any) -> None:
        super().__init__(tag=tag, text=text)
        self.classes(classes)
        self.props.update({key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()})

    def show(self, text: str, classes: str | None = None) -> None:
        """Change the text, and the classes where given; nothing is sent when nothing changes."""
        if text != self.text:
            self.text = text
        if classes is not None and classes.split() != list(self._classes):
            self.classes(replace=classes)


class Row(Protocol[T_contra]):
    """A drawn thing of a list: its outermost element, and how it takes on a newer state."""

    @property
    def element(self) -> Element: ...

    def show(self, thing: T_contra) -> None: ...


class Rows(Generic[T]):
    """A list whose rows stay in place while their things change: focus, scrolling and counting go on."""

    def __init__(self, box: Element, key: Callable[[T], Hashable], draw: Callable[[T], Row[T]]) -> None:
        self._box, self._key, self._draw = box, key, draw
        self._rows: dict[Hashable, Row[T]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def show(self, things: Iterable[T]) -> None:
        """Draw what is new, change what is known, take away what is gone; in the order given."""
        wanted = {self._key(thing): thing for thing in things}
        for key in [key for key in self._rows if key not in wanted]:
            self._rows.pop(key).element.delete()
        for position, (key, thing) in enumerate(wanted.items()):
            if key in self._rows:
                self._rows[key].show(thing)
            else:
                with self._box:
                    self._rows[key] = self._draw(thing)
            self._place(self._rows[key].element, position)

    def _place(self, element: Element, position: int) -> None:
        if self._box.default_slot.children[position] is not element:
            element.move(self._box, position)


class Part(Generic[T]):
    """A part of a page that is drawn anew, at once and whole, but only when what it shows has changed."""

    def __init__(self, box: Element, draw: Callable[[T], None]) -> None:
        self._box, self._draw = box, draw
        self._shown: T | None = None

    def show(self, thing: T) -> None:
        if thing == self._shown:
            return
        self._shown = thing
        self._box.clear()
        with self._box:
            self._draw(thing)
