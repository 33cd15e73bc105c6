"""A data set that can be named: how to get it, how to read it, what it should hold."""

import dataclasses
from collections.abc import Callable

from keras_stackgan.data.embeddings import CaptionEmbeddings, embed_captions
from keras_stackgan.data.pipeline import caption_dataset
from keras_stackgan.data.preprocessing import PREPROCESSINGS

# Parts of a preprocessing that `caption_dataset` takes one by one.
CHANGES = ("load_scale", "random_crop", "flip")


@dataclasses.dataclass(frozen=True)
class Source:
    """A data set by name. Nothing of it is ever downloaded by this package.

    Args:
        name: str. What `sources.get` finds it by.
        title: str.
        reader: function of `(root, split, strict, **options)` that returns a list of `Record`.
        downloads: tuple of `Download`.
        license: str.
        layout: str. The files as they must lie under the folder.
        counts: dict from split to the number of pictures, where it is known.
        classes: dict from split to the number of classes, where it is known.
        preprocessing: str or None. What the published code did with this data set.
        captioned: bool. Whether its pictures have captions.
        class_disjoint: bool. Whether train and test share no class.
        embeddings_reader: function of `(root, split, kind)`, or None: embeddings that come with it.
        class_lister: function of `(root, split, **options)`, or None: the classes that should have
            pictures, for `audit`.
        options: dict. Arguments of the reader that are always given.

    Example:

    ```python
    cub = sources.get("cub")
    print(cub.how_to_get())
    dataset = cub.load("birds", "train", image_size=64, batch_size=24, encoder=encoder)
    ```
    """

    name: str
    title: str
    reader: Callable
    downloads: tuple = ()
    license: str = ""
    layout: str = ""
    counts: dict = dataclasses.field(default_factory=dict)
    classes: dict = dataclasses.field(default_factory=dict)
    preprocessing: str | None = None
    captioned: bool = False
    class_disjoint: bool = False
    embeddings_reader: Callable | None = None
    class_lister: Callable | None = None
    options: dict = dataclasses.field(default_factory=dict)

    def how_to_get(self):
        """Returns a text: addresses, sizes, license, layout and counts."""
        lines = [f"{self.title} ('{self.name}')"]
        lines += [f"  {download}" for download in self.downloads]
        if self.license:
            lines.append(f"  License: {self.license}.")
        counts = [f"{count:,} for {split}" for split, count in self.counts.items()]
        if counts:
            lines.append(f"  Pictures: {', '.join(counts)}.")
        lines.append("  Files, as they must lie:")
        lines += [f"    {line}" for line in self.layout.splitlines()]
        return "\n".join(lines)

    def read(self, root, split="train", *, check_counts=True, strict=True, **options):
        """Reads the records of a split and checks how many they are.

        Args:
            root: str or path. The folder.
            split: str. `"train"` or `"test"`.
            check_counts: bool. False allows a part of the data set. Defaults to True.
            strict: bool. Whether missing pictures or captions are an error. Defaults to True.
            **options: further arguments of the reader.

        Returns:
            A list of `Record`.

        Raises:
            FileNotFoundError: files are absent; the message says how to get them.
            ValueError: there are more or fewer pictures or classes than there should be.
        """
        records = self.reader(root, split, strict=strict, **{**self.options, **options})
        if check_counts and split not in self.counts and "all" in self.counts:
            whole = self.reader(root, "all", strict=strict, **{**self.options, **options})
            self.check_counts(whole, "all")
        elif check_counts:
            self.check_counts(records, split)
        return records

    def check_counts(self, records, split):
        """Raises a `ValueError` if records are not as many as the split should hold."""
        found = {"pictures": len(records)}
        found["classes"] = len({record.label for record in records})
        wanted = {"pictures": self.counts.get(split), "classes": self.classes.get(split)}
        wrong = [
            f"{found[what]:,} {what} instead of {count:,}"
            for what, count in wanted.items()
            if count is not None and found[what] != count
        ]
        if wrong:
            raise ValueError(
                f"The {split} split of '{self.name}' holds {' and '.join(wrong)}. Unpack the "
                "archives again, or pass check_counts=False to use what is there."
            )

    def load(
        self,
        root,
        split="train",
        image_size=256,
        batch_size=16,
        *,
        encoder=None,
        embeddings=None,
        check_counts=True,
        skip_bad=False,
        cache_dir=None,
        options=None,
        **arguments,
    ):
        """Reads a split and makes batches of it.

        Args:
            root: str or path. The folder.
            split: str. `"train"` or `"test"`.
            image_size: int or ints. As in `caption_dataset`. Defaults to 256.
            batch_size: int. Defaults to 16.
            encoder: text encoder or None. Makes the captions' embeddings, once, kept on disk.
            embeddings: str, array or None. The kind of embeddings that come with the data set, such
                as `"char-CNN-RNN"`, or embeddings as `caption_dataset` takes them. Of `encoder` and
                `embeddings` one at most is given.
            check_counts: bool. Whether another number of pictures is an error. Defaults to True.
            skip_bad: bool. Whether the records are audited first and those that cannot be used are
                left out, with a printed report. Defaults to False.
            cache_dir: str, path or None. As in `embed_captions`.
            options: dict or None. Further arguments of the reader.
            **arguments: further arguments of `caption_dataset`, `preprocessing` among them, which
                defaults to what the published code did with this data set, but for `load_scale`,
                `random_crop` and `flip` if they are given.

        Returns:
            A `tf.data.Dataset` of batches, as `caption_dataset` makes it.

        Raises:
            FileNotFoundError: files are absent; the message says how to get them.
            ValueError: an argument or the data set is not as it should be.
        """
        if encoder is not None and embeddings is not None:
            raise ValueError("Give `encoder` or `embeddings`. Received both.")
        options = options or {}
        strict = not skip_bad
        records = self.read(root, split, check_counts=check_counts, strict=strict, **options)
        if isinstance(embeddings, str):
            embeddings = self.released_embeddings(root, split, embeddings, records)
        if skip_bad:
            records, embeddings = self.keep_good(
                records, embeddings, image_size, captioned=encoder is not None
            )
        if encoder is not None:
            embeddings = embed_captions(records, encoder, cache_dir)
        if self.preprocessing is not None and "preprocessing" not in arguments:
            changed = {name: arguments.pop(name) for name in CHANGES if name in arguments}
            published = PREPROCESSINGS[self.preprocessing]
            arguments["preprocessing"] = dataclasses.replace(published, **changed)
        return caption_dataset(records, embeddings, image_size, batch_size, **arguments)

    def audit(self, root, target_size=256, split="train", *, options=None, **arguments):
        """Looks for what is wrong with a split, as `audit` does, with the test split beside it.

        Args:
            root: str or path. The folder.
            target_size: int. The side of the largest pictures wanted, in pixels. Defaults to 256.
            split: str. Which split. Defaults to `"train"`, which is compared with `"test"`.
            options: dict or None. Further arguments of the reader.
            **arguments: further arguments of `audit`.

        Returns:
            An `AuditReport`.
        """
        from keras_stackgan.data.audit import audit

        options = options or {}
        records = self.read(root, split, check_counts=False, strict=False, **options)
        if split == "train" and "test_records" not in arguments:
            try:
                arguments["test_records"] = self.read(
                    root, "test", check_counts=False, strict=False, **options
                )
            except FileNotFoundError:
                # Only the train pictures were fetched: there is nothing to compare with.
                pass
        arguments.setdefault("captioned", self.captioned)
        arguments.setdefault("class_disjoint", self.class_disjoint)
        if self.class_lister is not None:
            arguments.setdefault("class_names", self.class_lister(root, split, **options))
        return audit(records, target_size, **arguments)

    def released_embeddings(self, root, split, kind, records):
        """Reads embeddings that come with the data set.

        Args:
            root: str or path. The folder.
            split: str.
            kind: str, such as `"char-CNN-RNN"`.
            records: list of `Record`, those of the split.

        Returns:
            float32 array `(records, captions, dim)`.

        Raises:
            ValueError: none come with it, or they are of another number of pictures.
        """
        if self.embeddings_reader is None:
            raise ValueError(
                f"No embeddings come with '{self.name}'. Pass `encoder` to compute them. Received: "
                f"embeddings={kind!r}"
            )
        embeddings = self.embeddings_reader(root, split, kind)
        if len(embeddings) != len(records):
            raise ValueError(
                f"The {kind} embeddings of the {split} split are of {len(embeddings)} pictures; "
                f"there are {len(records)} records. They must be those of filenames.pickle."
            )
        return embeddings

    def keep_good(self, records, embeddings, image_size, captioned):
        """Audits records, prints the report, and leaves out those that cannot be used.

        Args:
            records: list of `Record`.
            embeddings: `CaptionEmbeddings`, array or None. Of these records.
            image_size: int or ints. The side of the pictures wanted.
            captioned: bool. Whether pictures need captions.

        Returns:
            `(records, embeddings)`.
        """
        from keras_stackgan.data.audit import audit

        target = max(image_size) if isinstance(image_size, list | tuple) else image_size
        report = audit(records, target, captioned=captioned)
        print(report)
        good = report.good(records)
        if embeddings is not None:
            if not isinstance(embeddings, CaptionEmbeddings):
                embeddings = CaptionEmbeddings(embeddings)
            kept = set(map(id, good))
            embeddings = embeddings.select(
                [index for index, record in enumerate(records) if id(record) in kept]
            )
        return good, embeddings
