"""Serves an exported model over HTTP with nothing but TensorFlow.

    keras-stackgan export --preset my_preset --out birds
    python examples/serve_savedmodel.py --model birds --port 8080
    curl -o bird.png "http://127.0.0.1:8080/picture?caption=a+red+bird&seed=3"

Neither Keras nor keras_stackgan is imported here. It answers on this machine alone unless `--host`
says otherwise.
"""

import http.server
import os
import sys
import threading
import urllib.parse

from absl import app, flags

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf  # noqa: E402

MODEL = flags.DEFINE_string("model", None, "Directory of the SavedModel.", required=True)
HOST = flags.DEFINE_string("host", "127.0.0.1", "Address to answer on.")
PORT = flags.DEFINE_integer("port", 8080, "Port; 0 takes a free one.")
MOST_CHARACTERS = 500


class Painter:
    """Turns the parameters of a request into a PNG file."""

    def __init__(self, directory):
        self.loaded = tf.saved_model.load(directory)
        self.serve = self.loaded.signatures["serving_default"]
        (self.asks,) = set(self.serve.structured_input_signature[1]) - {"seed"}
        if self.asks == "embeddings":
            raise ValueError("The model takes embeddings: export one that has a text encoder.")
        # One picture at a time, so that many requests take no more memory than one.
        self.lock = threading.Lock()

    def paint(self, parameters):
        seed = int(parameters.get("seed", "0"))
        if not 0 <= seed < 2**31:
            raise ValueError("seed must be a whole number from 0 to 2**31 - 1")
        condition = {self.asks: self._condition(parameters)}
        with self.lock:
            images = self.serve(**condition, seed=tf.constant(seed))["images"]
        return tf.io.encode_png(images[0]).numpy()

    def _condition(self, parameters):
        if self.asks == "num_images":
            return tf.constant(1)
        if self.asks == "labels":
            return tf.constant([int(parameters.get("label", "0"))])
        caption = parameters.get("caption", "").strip()
        if not 0 < len(caption) <= MOST_CHARACTERS:
            raise ValueError(f"caption must have 1 to {MOST_CHARACTERS} characters")
        return tf.constant([caption])


def make_handler(painter):
    """The request handler of a painter."""

    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 30

        def do_GET(self):
            place = urllib.parse.urlsplit(self.path)
            if place.path != "/picture":
                self._answer(404, "text/plain", b"Ask for /picture?caption=a+red+bird&seed=0\n")
                return
            try:
                picture = painter.paint(dict(urllib.parse.parse_qsl(place.query)))
            except (ValueError, tf.errors.InvalidArgumentError) as error:
                line = str(error).splitlines()[0]
                self._answer(400, "text/plain; charset=utf-8", f"{line}\n".encode())
                return
            self._answer(200, "image/png", picture)

        def _answer(self, status, kind, body):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


def main(argv):
    del argv
    try:
        painter = Painter(MODEL.value)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    server = http.server.ThreadingHTTPServer((HOST.value, PORT.value), make_handler(painter))
    address = f"http://{HOST.value}:{server.server_port}"
    print(f"{address}/picture?caption=a+red+bird&seed=0", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    app.run(main)
