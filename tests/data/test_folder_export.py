from small_trees import mpo, photograph

from keras_stackgan.data import audit, read_records, write_folder


def test_a_jpeg_with_a_second_picture_is_a_jpeg(make_folder, tmp_path):
    folder = make_folder(count=1)
    (folder / "pictures/0.png").unlink()
    (folder / "pictures/0.jpg").write_bytes(mpo(photograph(3)))
    lines = (folder / "captions.jsonl").read_text()
    (folder / "captions.jsonl").write_text(lines.replace("0.png", "0.jpg"))
    records = read_records(folder)
    assert not audit(records, 16)
    (written,) = write_folder(records, tmp_path / "out")
    assert written.file.endswith(".jpg") and written.read() == records[0].read()
