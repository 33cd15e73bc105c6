"""An unpickler that can make tensors and containers, and nothing else."""

import pickle
import struct

# What `torch.save` writes a state dictionary with. Without the others, a pickle can build no object
# by class, read from no extension registry and claim no memory that its file does not fill.
OPCODES = (
    "MARK STOP NONE NEWTRUE NEWFALSE BININT BININT1 BININT2 LONG1 BINFLOAT BINSTRING "
    "SHORT_BINSTRING BINUNICODE SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES EMPTY_TUPLE "
    "TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_LIST APPEND APPENDS EMPTY_DICT SETITEM SETITEMS BINGET "
    "LONG_BINGET BINPUT LONG_BINPUT MEMOIZE PROTO FRAME GLOBAL STACK_GLOBAL REDUCE BUILD BINPERSID"
).split()

# What bytes that are no pickle, or half of one, make the unpickler raise.
FAULTS = (ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError)
FAULTS += (RecursionError, TypeError, ValueError, struct.error)


def brief(value):
    """Names a value from a file in an error, at a cost that the file cannot raise."""
    if isinstance(value, str):
        return repr(value[:80]) + ("..." if len(value) > 80 else "")
    if isinstance(value, int) and value.bit_length() < 64:
        return str(value)
    return type(value).__name__


class Function:
    """A function that a pickle may call."""

    __slots__ = ("call",)

    def __init__(self, call):
        self.call = call


class Dispatch(dict):
    """The instructions that are understood, by their byte."""

    def __missing__(self, code):
        names = [n for n in dir(pickle) if n.isupper() and getattr(pickle, n) == bytes([code])]
        name = names[0] if names else f"byte {code:#04x}"
        raise pickle.UnpicklingError(f"it has the instruction {name}, as no state dictionary has")


# In Python, as the one in C reserves memory for any place that a pickle names in its memo.
class RestrictedUnpickler(pickle._Unpickler):
    """Reads one pickle that uses `collections.OrderedDict` and no other global than those given.

    Args:
        file: `io.BytesIO` or another that gives no more than it holds, whatever length a pickle
            asks for, and sets no more memory aside.
        size: int. The file's size in bytes.
        functions: dict from `"module.name"` to the function that stands for it.
        constants: dict from `"module.name"` to any value.
        load_storage: function of a persistent id.
    """

    dispatch = Dispatch(
        (getattr(pickle, name)[0], pickle._Unpickler.dispatch[getattr(pickle, name)[0]])
        for name in OPCODES
    )

    def __init__(self, file, size, functions, constants, load_storage):
        super().__init__(file, encoding="latin1")
        functions = {**functions, "collections.OrderedDict": self._make_mapping}
        self._allowed = {name: Function(function) for name, function in functions.items()}
        self._allowed.update(constants)
        self._load_storage = load_storage
        self._items_left = size

    def find_class(self, module, name):
        found = self._allowed.get(f"{module}.{name}")
        if found is None:
            raise pickle.UnpicklingError(f"it asks for {brief(f'{module}.{name}')}")
        return found

    def persistent_load(self, pid):
        return self._load_storage(pid)

    def load(self):
        try:
            return super().load()
        except pickle.UnpicklingError:
            raise
        except FAULTS as error:
            message = f"{type(error).__name__}: {str(error)[:200]}"
            raise pickle.UnpicklingError(message) from None
        finally:
            # Or this object, which one of them is a method of, would keep the file until the next
            # garbage collection.
            self._allowed = {}

    # === What calls and fills ===

    def _call(self):
        args, function = self.stack.pop(), self.stack.pop()
        if not isinstance(function, Function) or not isinstance(args, tuple):
            raise pickle.UnpicklingError(f"it calls a {type(function).__name__}")
        self.append(function.call(*args))

    def _set_state(self):
        # What PyTorch attaches to an `OrderedDict` (`_metadata`) is dropped.
        self.stack.pop()
        if not isinstance(self.stack[-1], dict):
            raise pickle.UnpicklingError(f"it sets the state of a {type(self.stack[-1]).__name__}")

    def _make_mapping(self, items=()):
        if not isinstance(items, (list, tuple)):
            raise pickle.UnpicklingError(f"it makes a dictionary of a {type(items).__name__}")
        # One list of items can be named again and again, each time for a few bytes of the file.
        self._items_left -= len(items)
        if self._items_left < 0:
            raise pickle.UnpicklingError("it makes dictionaries larger than the file")
        mapping = {}
        for pair in items:
            if not isinstance(pair, (list, tuple)) or len(pair) != 2:
                raise pickle.UnpicklingError(f"it makes a dictionary of a {type(pair).__name__}")
            _set_item(mapping, *pair)
        return mapping

    def _load_item(self):
        value, key = self.stack.pop(), self.stack.pop()
        _set_item(self.stack[-1], key, value)

    def _load_items(self):
        items = self.pop_mark()
        for key, value in zip(items[::2], items[1::2], strict=True):
            _set_item(self.stack[-1], key, value)

    dispatch[pickle.REDUCE[0]] = _call
    dispatch[pickle.BUILD[0]] = _set_state
    dispatch[pickle.SETITEM[0]] = _load_item
    dispatch[pickle.SETITEMS[0]] = _load_items


def _set_item(mapping, key, value):
    # Only flat keys: the hash of nested tuples takes exponential time, or the interpreter's stack.
    if not isinstance(mapping, dict) or not isinstance(key, (str, int)):
        kinds = f"{type(mapping).__name__} with a {type(key).__name__} for a key"
        raise pickle.UnpicklingError(f"it fills a {kinds}")
    mapping[key] = value
