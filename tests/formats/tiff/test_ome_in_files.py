"""OME-TIFF images that are spread over several files."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import tifffile

from segue.errors import Malformed, NotFound, SourceChanged
from segue.formats.tiff.spec import FORMAT
from segue.model.image import in_memory
from segue.storage.source import Source

ARRAY = np.arange(2 * 3 * 4 * 5 * 6, dtype=np.uint16).reshape(2, 3, 4, 5, 6)
NAMES = [f"t{t}_c{c}.ome.tif" for t in range(2) for c in range(3)]
HEAD = '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" '


def xml(uuid, names=NAMES):
    """One file per time point and channel, with 4 planes each: of odd files plane by plane, of even ones at once."""
    entries = []
    for number, name in enumerate(names):
        place, link = f'FirstT="{number // 3}" FirstC="{number % 3}"', f'<UUID FileName="{name}">urn:uuid:{number}</UUID>'
        if number % 2:
            entries += [f'<TiffData {place} FirstZ="{z}" IFD="{z}">{link}</TiffData>' for z in range(4)]
        else:
            entries += [f'<TiffData {place} FirstZ="0" IFD="0" PlaneCount="4">{link}</TiffData>']
    size = 'SizeX="6" SizeY="5" SizeZ="4" SizeC="3" SizeT="2" PhysicalSizeX="0.5" PhysicalSizeY="0.5"'
    channels = "".join(f'<Channel ID="Channel:0:{c}" Name="dye {c}" SamplesPerPixel="1"/>' for c in range(3))
    pixels = f'<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" {size}>{channels}{"".join(entries)}</Pixels>'
    return f'{HEAD}UUID="{uuid}"><Image ID="Image:0" Name="spread">{pixels}</Image></OME>'


def save(folder, text_of, names=NAMES):
    for number, name in enumerate(names):
        compression = "zlib" if number == 4 else None
        stack = ARRAY[number // 3, number % 3]
        tifffile.imwrite(folder / name, stack, description=text_of(number), metadata=None, compression=compression, photometric="minisblack")


def read(path):
    return FORMAT.read(Source(path))[0].image_sets[0]


@pytest.mark.parametrize("name", [NAMES[0], NAMES[3], NAMES[5]])
def test_any_of_the_files_is_the_whole_image(tmp_path, name):
    save(tmp_path, lambda number: xml(f"urn:uuid:{number}"))
    image = read(tmp_path / name).images[0]
    assert (image.axes, image.channels) == ("tczyx", ("dye 0", "dye 1", "dye 2"))
    np.testing.assert_array_equal(in_memory(image.pixels), ARRAY)
    region = (slice(1, 2), slice(0, 3), slice(1, 3), slice(2, 4), slice(0, 5))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(image.pixels)).read(region), ARRAY[region])


@pytest.mark.parametrize("master", ["set.companion.ome", NAMES[0]])
def test_the_description_may_lie_elsewhere(tmp_path, master):
    link = f'{HEAD}UUID="urn:uuid:9"><BinaryOnly MetadataFile="{master}" UUID="urn:uuid:0"/></OME>'
    save(tmp_path, lambda number: xml("urn:uuid:0") if NAMES[number] == master else link)
    if master.endswith(".ome"):
        (tmp_path / master).write_text(xml("urn:uuid:companion"), "utf-8")
    np.testing.assert_array_equal(in_memory(read(tmp_path / NAMES[2]).images[0].pixels), ARRAY)


def test_a_file_that_was_renamed_knows_itself(tmp_path):
    save(tmp_path, lambda number: xml(f"urn:uuid:{number}"))
    (tmp_path / NAMES[1]).rename(tmp_path / "other.tif")
    np.testing.assert_array_equal(in_memory(read(tmp_path / "other.tif").images[0].pixels), ARRAY)


def test_a_missing_file_is_named(tmp_path):
    save(tmp_path, lambda number: xml(f"urn:uuid:{number}"))
    (tmp_path / NAMES[4]).unlink()
    with pytest.raises(NotFound, match=r"one of several files that hold an image together, and t1_c1\.ome\.tif is not beside it"):
        read(tmp_path / NAMES[0])


@pytest.mark.parametrize("name", ["../secret.tif", "/etc/passwd", "C:\\\\x.tif"])
def test_only_the_folder_of_the_file_is_looked_at(tmp_path, name):
    save(tmp_path, lambda number: xml(f"urn:uuid:{number}", [*NAMES[:5], name]))
    with pytest.raises(Malformed, match="in another place"):
        read(tmp_path / NAMES[0])


def test_pages_that_are_not_there(tmp_path):
    save(tmp_path, lambda number: xml(f"urn:uuid:{number}"))
    tifffile.imwrite(tmp_path / NAMES[3], ARRAY[1, 0, :2], description=xml("urn:uuid:3"), metadata=None, photometric="minisblack")
    with pytest.raises(Malformed, match="announces 24 planes"):
        read(tmp_path / NAMES[0])


def test_a_change_of_another_file_is_noticed(tmp_path):
    save(tmp_path, lambda number: xml(f"urn:uuid:{number}"))
    pixels = read(tmp_path / NAMES[0]).images[0].pixels
    (tmp_path / NAMES[3]).write_bytes((tmp_path / NAMES[3]).read_bytes() + b"\0")
    with pytest.raises(SourceChanged):
        in_memory(pixels)


def test_a_single_file_is_itself_whatever_it_is_called(tmp_path):
    text = xml("urn:uuid:0", [NAMES[0]]).replace('UUID="urn:uuid:0"', "").replace('SizeC="3" SizeT="2"', 'SizeC="1" SizeT="1"')
    text = text.replace('<Channel ID="Channel:0:1" Name="dye 1" SamplesPerPixel="1"/><Channel ID="Channel:0:2" Name="dye 2" SamplesPerPixel="1"/>', "")
    save(tmp_path, lambda _: text, ["renamed.tif"])
    np.testing.assert_array_equal(in_memory(read(tmp_path / "renamed.tif").images[0].pixels), ARRAY[0, 0])
