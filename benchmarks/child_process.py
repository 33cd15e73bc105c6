"""What is said of a program that failed."""

LONGEST = 200


def last_words(returncode, stderr):
    """Returns one line: the signal that ended it, if any, and the last line that it wrote.

    Args:
        returncode: int. Negative for a signal, as `subprocess` has it.
        stderr: str. May be empty: who is killed for memory says nothing.
    """
    lines = stderr.strip().splitlines()
    said = lines[-1][:LONGEST] if lines else "ended without a word"
    return f"signal {-returncode}; {said}" if returncode < 0 else said
