"""XML: what is read is what was written; bombs, entities, depth and size are refused with our error."""

from __future__ import annotations

import time
from io import BytesIO

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.codecs import xml_read, xml_write
from segue.errors import Malformed, TooLarge

NASTY = "a\t\n\r\x00\x0b<>&\"' ]]> \x7f\x85\ufffe\uffff\U0001fffe😀 µ²"
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]><lolz>&lol3;</lolz>"""


class Counting:
    def __init__(self):
        self.started, self.longest = 0, 0

    def start(self, name, attributes):
        self.started += 1
        self.longest = max([self.longest, *map(len, attributes.values())])

    def end(self, name):
        pass

    def text(self, text):
        pass


class Watched(BytesIO):
    """A file that remembers how much was asked for at a time."""

    def __init__(self, data):
        super().__init__(data)
        self.asked = []

    def read(self, size=-1):
        self.asked.append(size)
        return super().read(size)


def test_events_come_in_order_with_names_without_namespace():
    document = b'<o:OME xmlns:o="urn:x" xmlns:r="urn:r"><o:ROI ID="1" r:id="2" r:ID="3">a<![CDATA[<b>]]>&amp;&#10;</o:ROI><e/></o:OME>'
    found = list(xml_read.events(document))
    assert [(event.kind, event.name or event.text) for event in found] == [
        *[("start", "OME"), ("start", "ROI"), ("text", "a<b>&\n"), ("end", "ROI"), ("start", "e"), ("end", "e"), ("end", "OME")]
    ]
    assert found[1].attributes == {"ID": "1", "id": "2"}, "an attribute without a namespace comes before one of the same name with one"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_encoding_is_the_one_that_the_document_names(encoding):
    document = f'<?xml version="1.0" encoding="{encoding}"?><a>µ\u00e9</a>'.encode(encoding)
    assert xml_read.tree(document).text == "µ\u00e9"


def test_an_encoding_can_be_given_instead():
    assert xml_read.tree('<?xml version="1.0" encoding="klingon"?><a>µ</a>'.encode(), encoding="utf-8").text == "µ"


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(LAUGHS, id="billion laughs"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', id="external entity"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><a/>', id="external parameter entity"),
        pytest.param(b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', id="external document type"),
        pytest.param(b"<!DOCTYPE html><html/>", id="harmless document type"),
        pytest.param(b"<a>&x;</a>", id="undefined entity"),
        pytest.param(b"<a>" * 200 + b"</a>" * 200, id="too deep"),
        pytest.param(b"", id="empty"),
        pytest.param(b"<a><b></a>", id="crossing tags"),
        pytest.param(b"<a>", id="cut off"),
        pytest.param(b"<a b='", id="cut off in a tag"),
        pytest.param(b"<a/><b/>", id="two roots"),
        pytest.param(b"<a>\xff</a>", id="no UTF-8"),
        pytest.param(b'<?xml version="1.0" encoding="klingon"?><a/>', id="unknown encoding"),
        pytest.param(b'<?xml version="1.0" encoding="shift_jis"?><a/>', id="encoding that expat cannot use"),
    ],
)
def test_what_is_hostile_or_damaged_is_refused_with_its_place(document):
    for read in (lambda: xml_read.tree(document, "cells.xml"), lambda: list(xml_read.events(document, "cells.xml"))):
        with pytest.raises(Malformed, match=r"cells.xml is damaged at line 1|cells.xml is damaged at line 2") as caught:
            read()
        assert caught.value.fields["position"].startswith("line ")


def test_the_place_is_line_and_column_counted_from_1():
    with pytest.raises(Malformed, match="line 3, column 3"):
        xml_read.tree(b"<a>\n<b/>\n</b></a>")


def test_size_and_number_of_elements_are_limited():
    with pytest.raises(TooLarge, match="1,000 bytes"):
        xml_read.parse(b"<a>" + bytes(b" " * 2000) + b"</a>", Counting(), largest=1000)
    with pytest.raises(TooLarge, match="10 elements"):
        xml_read.tree(b"<a>" + b"<b/>" * 10 + b"</a>", most=10)


def test_a_long_attribute_takes_linear_time():
    file = Watched(b'<a b="' + b"1.5,2.5 " * 1_000_000 + b'"/>')
    found = Counting()
    started = time.process_time()
    xml_read.parse(file, found)
    assert found.longest == 8_000_000
    assert len(file.asked) < 20, "expat begins a tag anew with every piece, so pieces must grow"
    assert time.process_time() - started < 5


def test_a_long_text_is_read_in_small_pieces():
    file = Watched(b"<a>" + b"1.5,2.5 " * 100_000 + b"</a>")
    xml_read.parse(file, Counting())
    assert max(file.asked) == 1 << 16


def test_a_handler_may_stop_the_reading():
    class Stopping(Counting):
        def start(self, name, attributes):
            raise Malformed("enough")

    with pytest.raises(Malformed, match="enough"):
        xml_read.parse(b"<a/>", Stopping())


@pytest.mark.parametrize(("head", "name"), [(b'<?xml version="1.0"?>\n<!-- x --><o:OME xmlns:o="urn:x"><Ima', "OME"), (b"PK\3\4", ""), (b"", ""), (LAUGHS, "")])
def test_the_first_bytes_tell_the_name_of_the_root(head, name):
    assert xml_read.root_name(head) == name


@given(st.text())
def test_what_xml_can_hold_comes_back_equal(text):
    held = xml_write.holdable(text + NASTY)
    document = f"<a b={xml_write.quoted(held)}>{xml_write.escaped(held)}</a>".encode()
    found = xml_read.tree(document)
    assert (found.text, found.get("b")) == (held, held)


def test_what_xml_cannot_hold_is_left_out_and_nothing_else():
    assert xml_write.holdable(NASTY) == NASTY.replace("\x00", "").replace("\x0b", "").replace("\ufffe", "").replace("\uffff", "")
    assert xml_write.holdable("a\ud800b") == "ab", "half a surrogate pair"


@given(st.lists(st.none() | st.text().map(lambda text: text.encode("utf-8", "replace").decode()), max_size=5))
def test_columns_are_written_as_single_texts_are(texts):
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.Utf8})
    for column, single in (
        (xml_write.holdable_texts, xml_write.holdable),
        (xml_write.escaped_texts, xml_write.escaped),
        (xml_write.quoted_texts, xml_write.quoted),
    ):
        assert frame.select(column(pl.col("text"))).to_series().to_list() == [None if text is None else single(text) for text in texts]


def test_a_tree_can_leave_elements_out():
    found = xml_read.tree(b"<a>1<b>2<c/></b>3<d><b><b/></b></d></a>", without=frozenset({"b"}), most=2)
    assert [element.tag for element in found.iter()] == ["a", "d"]
    assert "".join(found.itertext()) == "13"
