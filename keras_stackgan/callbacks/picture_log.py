"""Pictures for TensorBoard."""

import io

from PIL import Image

from keras_stackgan.models.lazy_tensorflow import tf


class PictureLog:
    """Writes pictures to an event file, which TensorBoard shows under "Images".

    TensorFlow's own `tf.summary.image` needs the `tensorboard` package; this does not, only to look
    at the pictures does.

    Args:
        log_dir: path. Made with the first picture.
    """

    def __init__(self, log_dir):
        self.log_dir = log_dir
        self._writer = None

    def write(self, name, picture, step):
        """Adds a uint8 picture `(height, width, 3)` under a name and a step."""
        if self._writer is None:
            self._writer = tf.summary.create_file_writer(str(self.log_dir))
        file = io.BytesIO()
        Image.fromarray(picture).save(file, format="PNG")
        # As TensorBoard's image plugin keeps them: width, height, then the files.
        height, width = picture.shape[:2]
        data = tf.constant([str(width).encode(), str(height).encode(), file.getvalue()])
        metadata = tf.compat.v1.SummaryMetadata(
            plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="images")
        )
        with self._writer.as_default():
            tf.summary.write(name, data, step=step, metadata=metadata)
        self._writer.flush()
