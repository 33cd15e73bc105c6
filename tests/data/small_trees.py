"""Small copies of the published data sets' folders, as their archives unpack."""

import io
import json
import pickle

import numpy as np
from PIL import Image

BIRDS = {
    "001.Black_footed_Albatross": 2,
    "002.Laysan_Albatross": 3,
    "004.Groove_billed_Ani": 1,
    "199.Winter_Wren": 2,
}


def photograph(seed, size=(60, 45), mode="RGB"):
    """A smooth picture that looks like no other of another seed."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype="uint8")
    picture = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    return picture.convert(mode)


def save(path, picture, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, **options)


def jpeg(picture, **options):
    file = io.BytesIO()
    picture.save(file, "JPEG", **options)
    return file.getvalue()


def mpo(picture):
    """What phones write: a JPEG with a second picture behind it."""
    file = io.BytesIO()
    picture.save(file, "MPO", save_all=True, append_images=[photograph(0)])
    return file.getvalue()


def write_cub(root):
    """CUB_200_2011 with a gray picture, a CMYK one and one with a camera's orientation."""
    lines, boxes, number = [], [], 0
    for folder, count in BIRDS.items():
        for index in range(count):
            number += 1
            name = f"{folder}/{folder.split('.')[1]}_{index:04d}_{100 + number}"
            path = root / f"CUB_200_2011/images/{name}.jpg"
            picture, options = photograph(number), {}
            if number == 2:
                picture = picture.convert("L")
            if number == 3:
                picture = picture.convert("CMYK")
            if number == 4:
                exif = Image.Exif()
                exif[0x0112] = 6
                options["exif"] = exif
            save(path, picture, **options)
            lines.append(f"{number} {name}.jpg")
            boxes.append(f"{number} {5.0 + number} 4.0 20.0 {16.0 + number}")
            text = root / f"text_c10/{name}.txt"
            text.parent.mkdir(parents=True, exist_ok=True)
            captions = [f"caption {i} of bird {number}" for i in range(10)]
            if number == 1:
                captions[3] = "a bird\ufffd\ufffdwith a long wing "
                captions[4] = "word " * 300
                captions[5] = captions[6]
            text.write_bytes(("\n".join(captions) + "\n\n").encode())
    base = root / "CUB_200_2011"
    (base / "images.txt").write_text("\n".join(lines) + "\n")
    # In another order than images.txt: what counts is the number.
    (base / "bounding_boxes.txt").write_text("\n".join(boxes[::-1]) + "\n")
    return root


def write_pickles(root, split, keys, classes, dim=5, protocol=2):
    """The authors' files; protocol 0 and 2 are what Python 2 wrote."""
    folder = root / split
    folder.mkdir(parents=True, exist_ok=True)
    embeddings = np.arange(len(keys) * 10 * dim, dtype="float32").reshape(len(keys), 10, dim)
    content = {
        "filenames": keys,
        "class_info": classes,
        # A list of arrays, as in the release.
        "char-CNN-RNN-embeddings": list(embeddings),
        "76images": [np.asarray(photograph(i, (76, 76))) for i in range(len(keys))],
    }
    for name, value in content.items():
        with open(folder / f"{name}.pickle", "wb") as file:
            pickle.dump(value, file, protocol)
    return embeddings


def write_oxford_flowers(root, labels=(1, 1, 2, 2, 2, 3)):
    for number, label in enumerate(labels, start=1):
        save(root / f"jpg/image_{number:05d}.jpg", photograph(number))
        text = root / f"text_c10/class_{label:05d}/image_{number:05d}.txt"
        text.parent.mkdir(parents=True, exist_ok=True)
        text.write_text(f"flower {number} has petals\nthis flower is {number}\n")
    return root


def write_coco(root, year=2014, parts=("train", "val")):
    for part in parts:
        images, annotations = [], []
        for number in (9, 25, 30):
            name = f"COCO_{part}{year}_{number:012d}.jpg"
            save(root / f"{part}{year}/{name}", photograph(number))
            images.append({"id": number, "file_name": name, "height": 45, "width": 60})
            for i in range(5):
                identifier = 1000 - 10 * number + i
                text = f"caption {i} of {number} \n"
                annotations.append({"id": identifier, "image_id": number, "caption": text})
        path = root / f"annotations/captions_{part}{year}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"images": images[::-1], "annotations": annotations[::-1]}))
    return root


def write_classes(root, counts, suffix=".jpg"):
    """One folder a class, with so many pictures in each."""
    seed = 0
    for folder, count in counts.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            seed += 1
            save(root / folder / f"{number}{suffix}", photograph(seed), format="JPEG")
    return root
