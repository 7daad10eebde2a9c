"""OME-XML as lists: images, ROIs, shapes and annotations in the order of the document, nothing of their meaning.

Schema 2016-06 (ome-model 8be3f6cb, read 2026-11); of older ones also shapes inside an element ``Shape``. One small dictionary per shape, about 1 kB
per ROI altogether; vertices stay in the text in which they came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from segue.codecs import xml_read
from segue.errors import Malformed, TooLarge

SHAPES = frozenset({"Rectangle", "Ellipse", "Point", "Line", "Polyline", "Polygon", "Mask", "Label"})
OLD_SHAPES = {"Circle": "Ellipse", "Text": "Label"}
"""Names of older schemas."""
LONGEST_TEXT = 1 << 30
"""Characters of one text, such as the pixels of a mask."""
Attributes = dict[str, str]


@dataclass
class ImageElement:
    """An ``Image``."""

    attributes: Attributes
    pixels: Attributes | None = None
    channels: list[Attributes] = field(default_factory=list)
    description: str | None = None
    rois: list[str] = field(default_factory=list)
    """IDs of its ROIs."""
    annotations: list[str] = field(default_factory=list)
    """IDs of its annotations."""
    has_pixels: bool = False
    """Whether the document holds pixel values of it."""


@dataclass
class Annotation:
    """One of the structured annotations."""

    kind: str
    """Name of the element without ``Annotation``: Tag, Map, Comment, Long, Double, Boolean, ..."""
    attributes: Attributes
    value: str | None = None
    pairs: list[tuple[str, str]] = field(default_factory=list)
    """Keys and values of a map."""
    description: str | None = None


@dataclass
class Document:
    """All that a document says about images and ROIs; lists of equal length belong together."""

    images: list[ImageElement] = field(default_factory=list)
    rois: list[Attributes] = field(default_factory=list)
    roi_descriptions: dict[int, str] = field(default_factory=dict)
    """Row of a ROI -> text."""
    shape_roi: list[int] = field(default_factory=list)
    """The ROI that each shape is in."""
    shape_kind: list[str] = field(default_factory=list)
    shapes: list[Attributes] = field(default_factory=list)
    transforms: dict[int, Attributes] = field(default_factory=dict)
    """Row of a shape -> A00 .. A12."""
    binary: dict[int, tuple[Attributes, str]] = field(default_factory=dict)
    """Row of a mask -> attributes and text of its ``BinData``."""
    roi_annotations: list[tuple[int, str]] = field(default_factory=list)
    """(row of a ROI, ID of an annotation)."""
    shape_annotations: list[tuple[int, str]] = field(default_factory=list)
    annotations: dict[str, Annotation] = field(default_factory=dict)
    """ID -> annotation."""
    elsewhere: bool = False
    """Whether it only names another file that holds the metadata."""


def read_document(document: BinaryIO | bytes, path: Path | str = "", *, encoding: str | None = None) -> Document:
    """Read images, ROIs, shapes and annotations.

    Raises
    ------
    Malformed
        It is no XML (see `xml_read`), or not OME-XML.
    TooLarge
        It, or a text in it, is beyond any sensible size.
    """
    reading = _Reading(path)
    xml_read.parse(document, reading, path, encoding=encoding)
    return reading.found


class _Reading:
    """Follows the document; what is open is known, so a name means the same wherever it is understood."""

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self.found = Document()
        self.depth = 0
        self.foreign = 0
        """Depth of an element whose content is not looked at; 0 = none."""
        self.image: ImageElement | None = None
        self.roi = self.shape = -1
        self.wrapper: Attributes = {}
        self.annotation: Annotation | None = None
        self.texts: list[str] | None = None
        self.length = 0
        self.take: Callable[[str], None] | None = None
        self.starts: dict[str, Callable[[Attributes], None]] = {
            **dict.fromkeys(("XMLAnnotation", "Plane", "TiffData", "Instrument", "Experimenter", "Experiment", "Plate", "Screen"), self._skip),
            "Image": self._image,
            "Pixels": self._pixels,
            "Channel": self._channel,
            "ROIRef": self._roi_ref,
            "ROI": self._roi,
            "Shape": self._wrapper,
            "Transform": self._transform,
            "BinData": self._binary,
            "AnnotationRef": self._annotation_ref,
            "Description": self._description,
            "Value": self._value,
            "M": self._pair,
            "BinaryOnly": self._elsewhere,
        }
        for name in SHAPES:
            self.starts[name] = self._shape(name)
        for old, name in OLD_SHAPES.items():
            self.starts[old] = self._shape(name)
        for name in ("Tag", "Map", "Comment", "Long", "Double", "Boolean", "Timestamp", "Term", "List", "File"):
            self.starts[f"{name}Annotation"] = self._annotated(name)
        self.ends = {"Image", "ROI", "Union", *SHAPES, *OLD_SHAPES, "Shape"} | {name for name in self.starts if name.endswith("Annotation")}

    def start(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        if self.foreign:
            return
        if self.depth == 1 and name != "OME":
            raise Malformed(f"{self.path} is not OME-XML: it begins with {name!r}", path=self.path, position="line 1", expected="the element OME")
        known = self.starts.get(name)
        if known is not None:
            known(attributes)

    def end(self, name: str) -> None:
        if self.foreign:
            if self.depth == self.foreign:
                self.foreign = 0
            self.depth -= 1
            return
        self.depth -= 1
        if self.texts is not None:
            texts, take, self.texts, self.take = self.texts, self.take, None, None
            assert take is not None
            take("".join(texts))
        elif name in self.ends:
            self._close(name)

    def text(self, text: str) -> None:
        if self.texts is not None and not self.foreign:
            self.length += len(text)
            if self.length > LONGEST_TEXT:
                raise TooLarge(f"{self.path} has a text of more than {LONGEST_TEXT:,} characters", path=self.path)
            self.texts.append(text)

    def _close(self, name: str) -> None:
        if name in SHAPES or name in OLD_SHAPES:
            self.shape = -1
        elif name == "Shape":
            self.wrapper = {}
        elif name == "ROI":
            self.roi = -1
        elif name == "Image":
            self.image = None
        elif name.endswith("Annotation"):
            self.annotation = None

    def _listen(self, take: Callable[[str], None]) -> None:
        self.texts, self.take, self.length = [], take, 0

    def _skip(self, _: Attributes) -> None:
        self.foreign = self.depth

    def _elsewhere(self, _: Attributes) -> None:
        self.found.elsewhere = True

    def _image(self, attributes: Attributes) -> None:
        self.image = ImageElement(attributes)
        self.found.images.append(self.image)

    def _pixels(self, attributes: Attributes) -> None:
        if self.image is not None:
            self.image.pixels = attributes

    def _channel(self, attributes: Attributes) -> None:
        if self.image is not None:
            self.image.channels.append(attributes)

    def _roi_ref(self, attributes: Attributes) -> None:
        if self.image is not None and "ID" in attributes:
            self.image.rois.append(attributes["ID"])

    def _roi(self, attributes: Attributes) -> None:
        self.roi = len(self.found.rois)
        self.found.rois.append(attributes)

    def _wrapper(self, attributes: Attributes) -> None:
        self.wrapper = attributes

    def _shape(self, kind: str) -> Callable[[Attributes], None]:
        def found(attributes: Attributes) -> None:
            if self.roi < 0 or self.shape >= 0:
                return
            document = self.found
            self.shape = len(document.shapes)
            document.shape_roi.append(self.roi)
            document.shape_kind.append(kind)
            document.shapes.append({**self.wrapper, **attributes} if self.wrapper else attributes)

        return found

    def _transform(self, attributes: Attributes) -> None:
        if self.shape >= 0:
            self.found.transforms[self.shape] = attributes

    def _binary(self, attributes: Attributes) -> None:
        if self.shape >= 0:
            shape = self.shape
            self._listen(lambda text: self.found.binary.__setitem__(shape, (attributes, text)))
        elif self.image is not None:
            self.image.has_pixels = True
        else:
            self._skip(attributes)

    def _annotation_ref(self, attributes: Attributes) -> None:
        name = attributes.get("ID")
        if name is None:
            return
        if self.shape >= 0:
            self.found.shape_annotations.append((self.shape, name))
        elif self.roi >= 0:
            self.found.roi_annotations.append((self.roi, name))
        elif self.image is not None:
            self.image.annotations.append(name)

    def _annotated(self, kind: str) -> Callable[[Attributes], None]:
        def found(attributes: Attributes) -> None:
            self.annotation = Annotation(kind, attributes)
            self.found.annotations[attributes.get("ID", f"#{len(self.found.annotations)}")] = self.annotation

        return found

    def _description(self, _: Attributes) -> None:
        annotation, roi, image = self.annotation, self.roi, self.image
        if annotation is not None:
            self._listen(lambda text: setattr(annotation, "description", text))
        elif roi >= 0 and self.shape < 0:
            self._listen(lambda text: self.found.roi_descriptions.__setitem__(roi, text))
        elif image is not None:
            self._listen(lambda text: setattr(image, "description", text))

    def _value(self, _: Attributes) -> None:
        annotation = self.annotation
        if annotation is not None and annotation.kind != "Map":
            self._listen(lambda text: setattr(annotation, "value", text))

    def _pair(self, attributes: Attributes) -> None:
        annotation = self.annotation
        if annotation is not None and annotation.kind == "Map":
            key = attributes.get("K", "")
            self._listen(lambda text: annotation.pairs.append((key, text)))
