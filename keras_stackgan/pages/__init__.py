"""Pages in the browser: a model that draws sentences, and people who rank pictures.

Both stand on Python's own `http.server`, on one small `PageServer`, with plain HTML, CSS and
JavaScript. Gradio would have been the other way. It brings FastAPI, pandas, pydantic and what they
need, for two pages; it has no widget for ranking by keyboard; and what is most of the work here,
bounds, the queue, refusals, votes that survive a kill, would have to be written all the same. So
the pages need nothing that the package does not need, work offline, and have no extra of their own.

Importing this needs neither TensorFlow nor Keras.
"""

from keras_stackgan.pages.demo_page import DemoPage as DemoPage
from keras_stackgan.pages.kendall import kendall_w as kendall_w
from keras_stackgan.pages.one_at_a_time import OneAtATime as OneAtATime
from keras_stackgan.pages.page_error import PageError as PageError
from keras_stackgan.pages.page_server import PageServer as PageServer
from keras_stackgan.pages.rank_page import RankPage as RankPage
from keras_stackgan.pages.rank_preparation import prepare_study as prepare_study
from keras_stackgan.pages.rank_report import RankReport as RankReport
from keras_stackgan.pages.rank_study import RankStudy as RankStudy
from keras_stackgan.pages.response import Response as Response
from keras_stackgan.pages.vote_log import VoteLog as VoteLog
