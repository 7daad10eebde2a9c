"""Channel marker mappings of Mantis Viewer as CSV: presets of display."""

from __future__ import annotations

import pytest

import segue
from segue.errors import WrongFormat
from segue.formats.catalog import FORMATS
from segue.formats.detect import detect
from segue.model.display import ChannelDisplay, Display
from segue.model.study import ImageSet, Study
from segue.storage.source import Source
from segue.testing.trips import PlainSink

FORMAT = FORMATS["mantis-mappings"]
RED, GREEN, ORANGE = 0xFF0000FF, 0x00FF00FF, 0xFF8000FF


@pytest.fixture
def read(tmp_path):
    def reading(text):
        path = tmp_path / "mine.csv"
        path.write_bytes(text.encode())
        study, notes = FORMAT.read(Source(path))
        return study, [str(one) for one in notes]

    return reading


def written(path, study):
    FORMAT.write(FORMAT.fitted(study), PlainSink(path))
    return path.read_text(encoding="utf-8")


def channels(study):
    return {one.name: [(channel.channel, channel.colour) for channel in one.channels] for one in study.displays}


@pytest.mark.golden
def test_a_file_of_mantis_comes_back_byte_for_byte(golden, tmp_path):
    source = Source(golden / "mantis/generated/channel_mappings.csv")
    study, notes = FORMAT.read(source)
    assert detect(source)[0] is FORMAT
    assert channels(study) == {"default": [("cd4", GREEN), ("cd3", RED)]}
    assert not len(notes)
    assert written(tmp_path / "out.csv", study) == source.path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "found", "said"),
    [
        ("m,rChannel,cd3\nm,gChannel,cd4\n", [("cd3", RED), ("cd4", GREEN)], ""),
        ("m,rChannel,cd3,0xFF8000\n", [("cd3", ORANGE)], ""),
        ("m,rChannel,cd3,#ff8000\n\n", [("cd3", ORANGE)], "an empty line"),
        ("name,channel,marker,color\nm,rChannel,cd3,255\n", [("cd3", 0x0000FFFF)], "names of the columns"),
        ("m,rChannel,cd3,red\n", [("cd3", RED)], "the channel's own is taken (line 1)"),
        ("m,RCHANNEL, cd3 ,\n", [("cd3", RED)], "blanks around a name (line 1)"),
        ("m,rChannel,cd3,\nm,xChannel,cd4,\n", [("cd3", RED)], "skipped: 1 row without one of kChannel"),
        ("m,rChannel,cd3,\nm,gChannel,,\n", [("cd3", RED)], "skipped: 1 row without a marker (line 2)"),
        ("m,rChannel,cd3,\nm,rChannel,cd4,\n", [("cd4", RED)], "changed: 1 row about a channel that their mapping has already"),
    ],
)
def test_what_mantis_refuses_is_read(read, text, found, said):
    study, notes = read(text)
    assert channels(study) == {"m": found}
    assert any(said in one for one in notes) if said else not notes, notes


def test_slots_are_kept(read, tmp_path):
    text = "m,kChannel,dna,65280\nm,rChannel,cd3,16744448\n"
    study, _ = read(text)
    assert len(study.extras) == 1
    assert written(tmp_path / "out.csv", study) == text


def test_presets_of_other_tools_get_slots_by_their_colours(tmp_path):
    preset = Display("mine", (ChannelDisplay("a", ORANGE), ChannelDisplay("b", RED, 1, 5), ChannelDisplay("c", GREEN)))
    assert written(tmp_path / "out.csv", Study((), displays=(preset,))) == "mine,bChannel,a,16744448\nmine,gChannel,c,65280\nmine,rChannel,b,16711680\n"


def test_what_has_no_place_is_counted(tmp_path):
    preset = Display("mine", tuple(ChannelDisplay(f"m{nth}") for nth in range(9)))
    notes = segue.write(Study((ImageSet(""),), displays=(preset,)), tmp_path / "x_mappings.csv")
    assert len((tmp_path / "x_mappings.csv").read_text().splitlines()) == 7
    assert any("display settings" in str(one) for one in notes.refused)


@pytest.mark.parametrize("text", ["a,b,c\n", "1,2\n3,4\n", "m,rChannel\n"])
def test_what_holds_no_mapping_is_refused(read, text):
    with pytest.raises(WrongFormat, match="holds no mapping"):
        read(text)
