"""An unpickler that can make tensors and containers, and nothing else."""

import pickle
import struct

# What a state dictionary is written with. Without these, a pickle can name no other object, build
# none by class, read from no extension registry and claim no memory that its file does not fill.
OPCODES = (
    "MARK STOP POP POP_MARK DUP NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 LONG4 "
    "FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE "
    "BINUNICODE8 BINBYTES SHORT_BINBYTES EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_LIST LIST "
    "APPEND APPENDS EMPTY_DICT DICT SETITEM SETITEMS GET BINGET LONG_BINGET PUT BINPUT LONG_BINPUT "
    "MEMOIZE PROTO FRAME GLOBAL STACK_GLOBAL REDUCE BUILD BINPERSID"
).split()

# What bytes that are no pickle, or half of one, make the unpickler raise.
FAULTS = (ArithmeticError, AssertionError, AttributeError, EOFError, IndexError, MemoryError)
FAULTS += (RecursionError, TypeError, ValueError, struct.error)


class Function:
    """A function that a pickle may call, and may do nothing else to."""

    __slots__ = ("_function",)

    def __init__(self, function):
        object.__setattr__(self, "_function", function)

    def __call__(self, *args):
        return self._function(*args)

    def __setattr__(self, name, value):
        raise pickle.UnpicklingError(f"it sets '{name}' of a function")

    __setstate__ = __setattr__


class Mapping(dict):
    """Stands for `OrderedDict`; what PyTorch attaches to one (`_metadata`) is dropped."""

    def __init__(self, items=()):
        super().__init__(items)

    def __setstate__(self, state):
        del state


# In Python, as the one in C reserves memory for any place that a pickle names in its memo.
class RestrictedUnpickler(pickle._Unpickler):
    """Reads one pickle that uses no other global than those given.

    Args:
        file: binary file.
        functions: dict from `"module.name"` to the function that stands for it.
        constants: dict from `"module.name"` to any value.
        load_storage: function of a persistent id.
    """

    dispatch = {
        getattr(pickle, name)[0]: pickle._Unpickler.dispatch[getattr(pickle, name)[0]]
        for name in OPCODES
    }

    def __init__(self, file, functions, constants, load_storage):
        super().__init__(file, encoding="latin1")
        self._allowed = {name: Function(function) for name, function in functions.items()}
        self._allowed.update(constants)
        self._load_storage = load_storage

    def find_class(self, module, name):
        found = self._allowed.get(f"{module}.{name}")
        if found is None:
            raise pickle.UnpicklingError(f"it asks for '{module}.{name}'")
        return found

    def persistent_load(self, pid):
        return self._load_storage(pid)

    def load(self):
        try:
            return super().load()
        except pickle.UnpicklingError:
            raise
        except KeyError as error:
            message = f"it uses what no state dictionary does ({error})"
            raise pickle.UnpicklingError(message) from None
        except FAULTS as error:
            raise pickle.UnpicklingError(f"{type(error).__name__}: {error}") from None
