"""What an audit found, to be read and to be acted on."""

import collections
import dataclasses

from keras_stackgan.data.records import Record

# kind: (what it is called, whether such pictures are left out by `good`)
KINDS = {
    "missing": ("captions whose picture is missing", True),
    "unreadable": ("files that are no picture of a known kind", True),
    "truncated": ("pictures that are cut short or damaged", True),
    "bad_box": ("pictures with a bad box", True),
    "uncaptioned": ("pictures without a caption", True),
    "duplicate": ("groups of equal pictures", True),
    "near_duplicate": ("groups of pictures that look the same", False),
    "small": ("pictures below the size wanted", False),
    "empty_class": ("classes without pictures", False),
    "test_class_in_train": ("test classes in the train split", True),
}
SHOWN = 5


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Args:
        kind: str. One of `KINDS`.
        records: tuple of `Record`. The pictures concerned; of duplicates, the one to keep first.
        detail: str.

    Example:

    ```python
    Finding("uncaptioned", (record,), "no caption")
    ```
    """

    kind: str
    records: tuple[Record, ...]
    detail: str

    @property
    def bad_records(self):
        """Those to be left out: none, all, or all but the first of a group of duplicates."""
        if not KINDS[self.kind][1]:
            return ()
        return self.records[1:] if self.kind == "duplicate" else self.records


@dataclasses.dataclass(frozen=True)
class AuditReport:
    """All findings of an audit.

    Args:
        findings: tuple of `Finding`.
        number_of_records: int. How many were audited.
        number_of_test_records: int. How many of the other split. Defaults to 0.

    Example:

    ```python
    report = audit(records, target_size=64)
    print(report)
    records = report.good(records)
    ```
    """

    findings: tuple[Finding, ...]
    number_of_records: int
    number_of_test_records: int = 0

    def of_kind(self, kind):
        """Returns the findings of one kind.

        Args:
            kind: str. One of `KINDS`.

        Raises:
            ValueError: there is no such kind.
        """
        if kind not in KINDS:
            raise ValueError(f"`kind` must be one of {', '.join(KINDS)}. Received: {kind!r}")
        return [finding for finding in self.findings if finding.kind == kind]

    def good(self, records):
        """Leaves out what cannot or should not be trained on.

        These are pictures that are missing, damaged, with a bad box or without a caption, further
        copies of equal pictures, and pictures of test classes in the train split. Near duplicates
        and small pictures stay: whether they harm is for a human to say.

        Args:
            records: list of `Record`, those that were audited.

        Returns:
            A list of `Record`, in their order.
        """
        bad = self._bad()
        return [record for record in records if _name(record) not in bad]

    def _bad(self):
        return {_name(record) for finding in self.findings for record in finding.bad_records}

    def __bool__(self):
        """True if anything was found."""
        return bool(self.findings)

    def __str__(self):
        test = f" and {self.number_of_test_records} for testing" * bool(self.number_of_test_records)
        lines = [f"Audit of {self.number_of_records} pictures{test}:"]
        by_kind = collections.Counter(finding.kind for finding in self.findings)
        for kind, (title, _) in KINDS.items():
            if by_kind[kind]:
                lines.append(f"  {by_kind[kind]} {title}:")
                lines += [f"    {_line(finding)}" for finding in self.of_kind(kind)[:SHOWN]]
                if by_kind[kind] > SHOWN:
                    lines.append(f"    and {by_kind[kind] - SHOWN} more")
        if not self.findings:
            lines.append("  nothing is wrong.")
        lines.append(f"  {len(self._bad())} pictures are left out where bad ones are skipped.")
        # Names that are no UTF-8 cannot be printed as they are.
        return "\n".join(lines).encode("utf-8", "backslashreplace").decode()


def _name(record):
    return (record.root, record.file)


def _line(finding):
    files = ", ".join(f"'{record.file}'" for record in finding.records[:3])
    more = f" and {len(finding.records) - 3} more" if len(finding.records) > 3 else ""
    named = finding.records and f"'{finding.records[0].file}'" in finding.detail
    if named or not files:
        return finding.detail
    return f"{files}{more}" + (f": {finding.detail}" if finding.detail else "")
