"""Reading pickles without running them.

Python's own reader calls whatever functions a pickle names, so opening a file can run any program. Here a pickle is only data: the operations
of protocols 2 to 5 that plain values and NumPy arrays need are interpreted, ``REDUCE`` and ``BUILD`` act on nothing but the names of
``pickle_values.NAMES``, and everything else is refused. No module is imported and no class is looked up, whatever the file says.

Source: Lib/pickletools.py of CPython 3.13 (the operations); numpy/_core/src/multiarray/methods.c (state of arrays and types).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from segue.codecs.pickle_values import NAMES, Name, PickledArray, PickledType, Refused, Span

MOST_OPERATIONS = 5_000_000
"""Arrays of any size are a handful of operations; half a million numbers outside arrays are four million."""
_LONGEST_NUMBER = 16
_LONGEST_NAME = 200
_MARK: Any = object()
_Step = Callable[["_Machine"], None]


def read_pickle(data: memoryview, start: int = 0) -> Any:
    """The value of a pickle: dict, list, tuple, str, bytes (as ``Span``), numbers, True, False, None, arrays (as ``PickledArray``).

    Lists and dicts may hold one another in circles, as in a pickle they may.

    Parameters
    ----------
    data
        The file.
    start
        Byte at which the pickle begins.

    Raises
    ------
    Refused
        It is damaged, or needs more than plain values.
    """
    machine = _Machine(data, start)
    try:
        machine.run()
    except (IndexError, struct.error) as error:
        raise Refused("the pickle ends too early or takes what is not there") from error
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError, UnicodeError) as error:
        raise Refused("the pickle makes no sense") from error
    if len(machine.stack) != 1 or machine.stack[0] is _MARK or isinstance(machine.stack[0], Name):
        raise Refused("the pickle does not end with one value")
    return machine.stack[0]


class _Machine:
    """The stack, the memo, and the place in the file."""

    def __init__(self, data: memoryview, start: int) -> None:
        self.data, self.at = data, start
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> None:
        for _ in range(MOST_OPERATIONS):
            code = self.data[self.at]
            self.at += 1
            if code == 0x2E:  # STOP
                return
            step = STEPS.get(code)
            if step is None:
                raise Refused(f"it uses the operation {code:#04x}, which plain values and arrays do not need", hostile=True)
            step(self)
        raise Refused(f"it has more than {MOST_OPERATIONS:,} operations")

    def number(self, layout: str) -> Any:
        (value,) = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return value

    def span(self, layout: str) -> Span:
        """Bytes with their length before them."""
        length = self.number(layout)
        if length < 0 or length > len(self.data) - self.at:
            raise Refused(f"it announces {length:,} bytes, more than the file has")
        self.at += length
        return Span(self.at - length, length)

    def bytes_of(self, span: Span) -> bytes:
        return self.data[span.start : span.start + span.length].tobytes()

    def text(self, layout: str) -> str:
        return self.bytes_of(self.span(layout)).decode("utf-8", "surrogatepass")

    def line(self) -> str:
        end = self.at
        while self.data[end] != 0x0A:
            end += 1
            if end - self.at > _LONGEST_NAME:
                raise Refused("a name in it is too long")
        found = self.data[self.at : end].tobytes().decode()
        self.at = end + 1
        return found

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def pop(self) -> Any:
        value = self.stack.pop()
        if value is _MARK:
            raise Refused("the pickle makes no sense")
        return value

    def since_mark(self) -> list[Any]:
        place = len(self.stack) - 1
        while self.stack[place] is not _MARK:
            place -= 1
            if place < 0:
                raise Refused("the pickle makes no sense")
        found = self.stack[place + 1 :]
        del self.stack[place:]
        return found

    def top(self, kind: type) -> Any:
        value = self.stack[-1]
        if type(value) is not kind:
            raise Refused("the pickle makes no sense")
        return value

    def remember(self, place: int) -> None:
        if self.stack[-1] is _MARK:
            raise Refused("the pickle makes no sense")
        self.memo[place] = self.stack[-1]


def _proto(machine: _Machine) -> None:
    version = machine.number("<B")
    if not 2 <= version <= 5:
        raise Refused(f"it is of pickle protocol {version}; segue reads 2 to 5")


def _integer(machine: _Machine, layout: str) -> None:
    span = machine.span(layout)
    if span.length > _LONGEST_NUMBER:
        raise Refused("a number in it is too long")
    machine.push(int.from_bytes(machine.bytes_of(span), "little", signed=True))


def _tuple_of(machine: _Machine, count: int) -> None:
    machine.push(tuple(reversed([machine.pop() for _ in range(count)])))


def _setitem(machine: _Machine) -> None:
    value, key = machine.pop(), machine.pop()
    _enter(machine.top(dict), [key, value])


def _setitems(machine: _Machine) -> None:
    items = machine.since_mark()
    _enter(machine.top(dict), items)


def _enter(target: dict[Any, Any], items: list[Any]) -> None:
    keys = items[::2]
    if len(items) % 2 or not all(type(key) in (str, int, float, bool, type(None)) for key in keys):
        raise Refused("a key of a dictionary in it is no plain value")
    target.update(zip(keys, items[1::2], strict=True))


def _append(machine: _Machine) -> None:
    value = machine.pop()
    machine.top(list).append(value)


def _appends(machine: _Machine) -> None:
    values = machine.since_mark()
    machine.top(list).extend(values)


def _named(machine: _Machine, module: object, name: object) -> None:
    found = NAMES.get((module, name)) if isinstance(module, str) and isinstance(name, str) else None
    if found is None:
        raise Refused(f"it asks for {str(module)[:60]}.{str(name)[:60]}, and could run any program", hostile=True)
    machine.push(found)


def _global(machine: _Machine) -> None:
    module = machine.line()
    _named(machine, module, machine.line())


def _stack_global(machine: _Machine) -> None:
    name = machine.pop()
    _named(machine, machine.pop(), name)


def _reduce(machine: _Machine) -> None:
    arguments, function = machine.pop(), machine.pop()
    if not isinstance(function, Name) or type(arguments) is not tuple:
        raise Refused("it calls what is no function of NumPy's arrays", hostile=True)
    machine.push(_CALLS[function](machine, *arguments))


def _array(*_: object) -> Any:
    raise Refused("it makes an array in a way that NumPy does not", hostile=True)


def _reconstruct(_: _Machine, kind: object, shape: object, code: object) -> PickledArray:
    if kind is not Name.ARRAY or shape != (0,) or not isinstance(code, Span | bytes):
        raise Refused("an array in it is of a class that segue does not know", hostile=True)
    return PickledArray()


def _type(_: _Machine, text: object, *flags: object) -> PickledType:
    if len(flags) > 2 or not all(type(flag) in (bool, int) for flag in flags):
        raise Refused("a number type in it makes no sense")
    return PickledType.of(text)


def _from_buffer(_: _Machine, content: object, type_: object, shape: object, order: object) -> PickledArray:
    if not isinstance(type_, PickledType) or order not in ("C", "F"):
        raise Refused("an array in it makes no sense")
    array = PickledArray()
    array.fill(shape, type_, content, fortran=order == "F")
    return array


def _scalar(machine: _Machine, type_: object, content: object) -> Any:
    if not isinstance(type_, PickledType) or type_.objects:
        raise Refused("a number in it makes no sense")
    if type_.dtype is None:
        return PickledArray((), None, content=b"")
    data = machine.bytes_of(content) if isinstance(content, Span) else content
    if not isinstance(data, bytes) or len(data) != type_.dtype.itemsize:
        raise Refused("a number in it has the wrong length")
    return np.frombuffer(data, type_.dtype)[0]


def _encode(_: _Machine, text: str, name: object) -> bytes:
    if type(text) is not str or name not in ("latin1", "latin-1"):
        raise Refused("a text in it makes no sense")
    return text.encode("latin-1")


def _bytes(_: _Machine) -> bytes:
    return b""


def _path(_: _Machine, *parts: object) -> str:
    if not all(type(part) is str for part in parts):
        raise Refused("a path in it makes no sense")
    return "/".join(str(part) for part in parts)


_CALLS: dict[Name, Callable[..., Any]] = {
    Name.RECONSTRUCT: _reconstruct,
    Name.TYPE: _type,
    Name.SCALAR: _scalar,
    Name.FROM_BUFFER: _from_buffer,
    Name.ENCODE: _encode,
    Name.BYTES: _bytes,
    Name.PATH: _path,
    Name.ARRAY: _array,
}


def _build(machine: _Machine) -> None:
    state = machine.pop()
    target = machine.stack[-1]
    if not isinstance(target, PickledArray | PickledType):
        raise Refused("it gives a state to what has none", hostile=True)
    target.restore(state)


def _pop_mark(machine: _Machine) -> None:
    machine.since_mark()


STEPS: dict[int, _Step] = {
    0x80: _proto,
    0x95: lambda m: m.number("<Q"),  # FRAME: how much to read at once
    0x28: lambda m: m.push(_MARK),
    0x30: lambda m: m.pop(),
    0x31: _pop_mark,
    0x4E: lambda m: m.push(None),
    0x88: lambda m: m.push(True),
    0x89: lambda m: m.push(False),
    0x4A: lambda m: m.push(m.number("<i")),
    0x4B: lambda m: m.push(m.number("<B")),
    0x4D: lambda m: m.push(m.number("<H")),
    0x8A: lambda m: _integer(m, "<B"),
    0x8B: lambda m: _integer(m, "<i"),
    0x47: lambda m: m.push(m.number(">d")),
    0x43: lambda m: m.push(m.span("<B")),
    0x42: lambda m: m.push(m.span("<I")),
    0x8E: lambda m: m.push(m.span("<Q")),
    0x96: lambda m: m.push(m.span("<Q")),  # BYTEARRAY8
    0x98: lambda m: None,  # READONLY_BUFFER
    0x8C: lambda m: m.push(m.text("<B")),
    0x58: lambda m: m.push(m.text("<I")),
    0x8D: lambda m: m.push(m.text("<Q")),
    0x29: lambda m: m.push(()),
    0x85: lambda m: _tuple_of(m, 1),
    0x86: lambda m: _tuple_of(m, 2),
    0x87: lambda m: _tuple_of(m, 3),
    0x74: lambda m: m.push(tuple(m.since_mark())),
    0x5D: lambda m: m.push([]),
    0x61: _append,
    0x65: _appends,
    0x7D: lambda m: m.push({}),
    0x73: _setitem,
    0x75: _setitems,
    0x71: lambda m: m.remember(m.number("<B")),
    0x72: lambda m: m.remember(m.number("<I")),
    0x94: lambda m: m.remember(len(m.memo)),
    0x68: lambda m: m.push(m.memo[m.number("<B")]),
    0x6A: lambda m: m.push(m.memo[m.number("<I")]),
    0x63: _global,
    0x93: _stack_global,
    0x52: _reduce,
    0x62: _build,
}
"""Operation -> what it does.

Not among them, on purpose: INST, OBJ, NEWOBJ, NEWOBJ_EX, EXT1 to EXT4, PERSID, the strings of Python 2 and all of the text protocol.
"""
