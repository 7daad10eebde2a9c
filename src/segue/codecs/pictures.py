"""GIF, BMP and JPEG files: what they hold, and their pixels. Decoded by Pillow, after their sizes have been checked."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from segue.codecs.gif_blocks import GifBlocks, read_blocks
from segue.codecs.ramps import ramp_of
from segue.errors import Malformed, SegueError, TooLarge, UnsupportedVariant, WrongFormat
from segue.storage.handles import opened
from segue.storage.source import Source

Array = np.ndarray[Any, np.dtype[Any]]
Colours = Literal["numbers", "shades", "colours"]

MOST_PIXELS = 1 << 28
"""Of all frames together."""
MOST_EXPANSION = 1 << 13
"""Pixels per byte: LZW of GIF makes 2,700 of one, JPEG some hundreds."""
MOST_BYTES = 1 << 30
STARTS = {b"GIF87a": "GIF", b"GIF89a": "GIF", b"\xff\xd8\xff": "JPEG", b"BM": "BMP"}


@dataclass(frozen=True)
class PictureHead:
    """What a file says about itself."""

    kind: str
    """``GIF``, ``BMP`` or ``JPEG``."""
    frames: int
    height: int
    width: int
    samples: int
    """3 = red, green, blue; 4 = and opacity."""
    colours: Colours
    """What is read: the numbers in the file, the shades of a grey palette, or its colours."""
    inverted: bool
    """The palette is a ramp from white to black."""
    delay: float | None
    """Seconds between two frames, where all are the same."""
    orientation: int
    """Of EXIF: 1 = as stored."""
    scale: tuple[float, float] | None
    """Micrometres per pixel along x and y."""


class OpenPicture:
    """A file in memory, decoded when its pixels are asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.stat().st_size > MOST_BYTES:
            raise TooLarge(f"{path} has more than {MOST_BYTES:,} bytes, more than segue reads of such a file", path=path, limit=MOST_BYTES)
        self.data = path.read_bytes()
        self.kind = kind_of(self.data, path)
        self.blocks: GifBlocks | None = read_blocks(self.data, path) if self.kind == "GIF" else None
        self._decoded: dict[Colours, Array] = {}
        with _guarded(path), self._image() as image:
            self.head = _head(self, image)

    def decoded(self, colours: Colours) -> Array:
        """(frames, y, x, samples) uint8."""
        if colours not in self._decoded:
            with _guarded(self.path), self._image() as image:
                self._decoded = {colours: _decode(self, image, colours)}
        return self._decoded[colours]

    def _image(self) -> Any:
        from PIL import BmpImagePlugin, GifImagePlugin, JpegImagePlugin

        opener: Any = {"GIF": GifImagePlugin.GifImageFile, "BMP": BmpImagePlugin.BmpImageFile, "JPEG": JpegImagePlugin.JpegImageFile}[self.kind]
        image = opener(io.BytesIO(self.data))
        frames = len(self.blocks.palettes) if self.blocks else 1
        pixels = image.width * image.height * frames
        if pixels > MOST_PIXELS or image.width * image.height > len(self.data) * MOST_EXPANSION:
            size = f"{image.width:,} x {image.height:,} pixels" + (f" in {frames:,} frames" if frames > 1 else "")
            raise TooLarge(f"{self.path} announces {size}, more than it can hold or segue reads of such a file", path=self.path, limit=MOST_PIXELS)
        return image

    def close(self) -> None:
        self._decoded = {}
        self.data = b""


def kind_of(data: bytes, path: Path) -> str:
    """Which of the three it is, by its first bytes.

    Raises
    ------
    WrongFormat
    """
    for start, kind in STARTS.items():
        if data.startswith(start):
            return kind
    raise WrongFormat(f"{path} is neither a GIF nor a BMP nor a JPEG file: it does not start like one", path=path, expected="GIF, BMP or JPEG")


def describe(source: Source) -> PictureHead:
    """The head of a picture.

    Raises
    ------
    WrongFormat, Malformed, UnsupportedVariant, TooLarge
    """
    with opened(source, OpenPicture) as file:
        return file.head


@dataclass(frozen=True)
class PicturePixels:
    """The pixels of a picture: (t, c, y, x) without t of a single frame and without c of grey."""

    source: Source
    shape: tuple[int, ...]
    axes: str
    colours: Colours
    lossy: str = ""
    """``JPEG``: the values are near those that were saved, so they cannot be labels."""
    dtype: np.dtype[Any] = field(default=np.dtype(np.uint8), hash=False)

    @classmethod
    def of(cls, source: Source, *, numbers: bool = False) -> PicturePixels:
        """``numbers`` = those in the file, whatever its palette says, as labels need them."""
        head = describe(source)
        indexed = numbers and head.kind != "JPEG" and head.frames == 1
        samples = 1 if indexed and has_palette(source) else head.samples
        sizes = {"t": head.frames, "c": samples}
        axes = "".join(axis for axis in "tc" if sizes[axis] > 1)
        colours = "numbers" if samples == 1 and indexed else head.colours
        shape = (*(sizes[axis] for axis in axes), head.height, head.width)
        return cls(source, shape, f"{axes}yx", colours, "JPEG" if head.kind == "JPEG" else "")

    def read(self, region: tuple[slice, ...]) -> Array:
        """The pixels of a region, as a new array.

        Raises
        ------
        Malformed, TooLarge, SourceChanged
        """
        with opened(self.source, OpenPicture) as file:
            pixels = np.moveaxis(file.decoded(self.colours), -1, 1)
        index = tuple(region[self.axes.index(axis)] if axis in self.axes else 0 for axis in "tcyx")
        return np.ascontiguousarray(pixels[index])


def has_palette(source: Source) -> bool:
    """Whether the numbers in the file are places in a palette."""
    with opened(source, OpenPicture) as file, _guarded(file.path), file._image() as image:
        return bool(image.mode == "P")


def _head(file: OpenPicture, image: Any) -> PictureHead:
    blocks, path = file.blocks, file.path
    frames = len(blocks.palettes) if blocks else 1
    if image.mode not in ("1", "L", "P", "RGB", "RGBA"):
        raise UnsupportedVariant(f"{path} is a {file.kind} of the colours {image.mode}, which are for printing; save it as RGB or grey", path=path)
    colours: Colours = "numbers" if image.mode in ("1", "L") else "colours"
    inverted = False
    if frames > 1 and blocks is not None:
        colours = "shades" if all((one == one[:, :1]).all() for one in blocks.palettes) else "colours"
    elif image.mode == "P":
        colours, inverted = _of_palette(image)
    delays = set(blocks.delays) if blocks else {0}
    return PictureHead(
        kind=file.kind,
        frames=frames,
        height=image.height,
        width=image.width,
        samples=len(_bands(file.kind, image)) if colours == "colours" else 1,
        colours=colours,
        inverted=inverted,
        delay=max(delays) / 100 if frames > 1 and len(delays) == 1 and max(delays) else None,
        orientation=_orientation(image) if file.kind == "JPEG" else 1,
        scale=_scale(image) if file.kind == "BMP" else None,
    )


def _of_palette(image: Any) -> tuple[Colours, bool]:
    """What the palette of a single frame makes of its numbers; only the colours in use count where all of them are no ramp."""
    image.load()
    palette = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
    ramp = ramp_of(palette)
    if ramp is None:
        palette = palette[: int(image.getextrema()[1]) + 1]
        ramp = ramp_of(palette)
    if ramp is not None:
        return "numbers", ramp == "falling"
    return ("shades" if (palette == palette[:, :1]).all() else "colours"), False


def _decode(file: OpenPicture, image: Any, colours: Colours) -> Array:
    """(frames, y, x, samples) uint8."""
    frames = []
    for number in range(file.head.frames):
        if number:
            image.seek(number)
        array = np.array(image if colours == "numbers" else image.convert(_bands(file.kind, image)))
        frames.append(array.astype(np.uint8)[..., None] if array.ndim == 2 else array)
    whole: Array = np.stack(frames)
    return whole[..., :1] if colours == "shades" else whole


def _bands(kind: str, image: Any) -> str:
    return "RGBA" if kind == "BMP" and image.mode == "RGBA" else "RGB"


def _orientation(image: Any) -> int:
    try:
        value = image.getexif().get(0x112, 1)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, EOFError, OverflowError):
        return 1
    return value if isinstance(value, int) else 1


def _scale(image: Any) -> tuple[float, float] | None:
    """Pixel size of a BMP, unless it is a printer's (coarser than 10 um)."""
    x, y = image.info.get("dpi", (0.0, 0.0))
    return (25_400 / x, 25_400 / y) if min(x, y) >= 2540 else None


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """Pillow raises almost anything on damaged files."""
    try:
        yield
    except SegueError:
        raise
    except MemoryError as error:
        raise TooLarge(f"{path} does not fit into memory", path=path) from error
    except Exception as error:
        raise Malformed(f"{path} is damaged or incomplete: {error}", path=path, position="pixels", expected="a picture") from error
