"""Both pages in a real browser: by mouse, by keyboard, and what it complains of."""

import base64
import time

import pytest
from client import serving

from keras_stackgan.pages import RankPage, VoteLog

# Names of controls, as a screen reader speaks them, that have none.
NAMELESS = """
return [...document.querySelectorAll("input, textarea, select, button, a, img")]
  .filter((element) => !(element.labels?.length || element.getAttribute("aria-label")
    || element.alt || element.innerText || element.textContent.trim()))
  .map((element) => element.outerHTML)
"""
LOADED = "[...document.images].every((image) => image.complete && image.naturalWidth)"
READY = "document.getElementById('choices').ariaBusy === 'false'"
OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


# === The demo ===


@pytest.fixture
def demo(chromium, drawing):
    chromium.resize(1200, 900)
    chromium.open(drawing.url)
    chromium.wait("document.querySelector('#examples button')")
    yield chromium
    assert chromium.complaints() == []


def test_the_page_says_what_the_model_knows(demo):
    assert demo.text("#name") == "toy <b>birds</b>"
    assert demo.text("#description") == "Birds & <script>alert(1)</script>"
    about = demo.text("#about")
    for said in ("StackGANv2", "16, 32 pixels", "colors of birds", "never trained", "0.5123"):
        assert said in about
    assert demo.text("#examples").split("\n") == ["a red bird", "a blue bird"]


def test_a_sentence_becomes_pictures(demo, drawing):
    demo.type("#caption", "a bird <i>&amp;")
    demo.type("#num-images", "2")
    demo.type("#seed", "7")
    demo.click("#go")
    demo.wait("document.querySelectorAll('.picture img').length === 4")
    demo.wait(LOADED)
    assert demo.text(".picture h2") == "a bird <i>&amp; (1)"
    assert "2 pictures in" in demo.text("#status")
    sizes = demo.run("return [...document.images].map((image) => image.naturalWidth)")
    assert sizes == [16, 32, 16, 32]
    fields = {"condition": "a bird <i>&amp;", "seed": 7, "num_images": 2}
    expected = drawing.post("/draw", fields)[1]["pictures"][1]["stages"][1]["png"]
    shown = demo.run("return [...document.images].map((image) => image.src)")
    assert shown[3] == f"data:image/png;base64,{expected}"
    assert demo.run(NAMELESS) == []


def test_a_picture_is_downloaded(demo):
    demo.click("#go")
    demo.wait("document.querySelector('.picture a')")
    link = "return document.querySelector('.picture a')"
    data = demo.run(f"{link}.href").partition(",")[2]
    file = demo.downloads / demo.run(f"{link}.download")
    assert file.name == "a_red_bird_seed0_1_16.png"
    demo.click(".picture a")
    deadline = time.monotonic() + 60
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert file.read_bytes() == base64.b64decode(data)


def test_two_sentences_are_blended_by_keyboard(demo):
    # From the first control on: the right arrow switches, Tab goes on, Enter draws.
    demo.run("document.querySelector('[value=draw]').focus()")
    demo.press("Right", "Tab", "Tab")
    assert demo.run("return document.activeElement.id") == "second-caption"
    demo.press("Enter")
    demo.wait("document.querySelectorAll('.picture img').length === 2")
    demo.wait(LOADED)
    assert demo.text(".picture h2") == "From “a red bird” to “a blue bird”"
    links = demo.run("return [...document.querySelectorAll('.picture a')].map((a) => a.download)")
    name = "a_red_bird_to_a_blue_bird_seed0"
    assert links == [f"{name}.png", f"{name}.gif"]
    assert demo.run("return document.querySelector('.strip img').naturalWidth") == 4 * 32
    assert demo.run(NAMELESS) == []


def test_examples_and_seeds(demo):
    demo.click("#examples button:last-child")
    assert demo.run("return document.getElementById('caption').value") == "a blue bird"
    demo.click("#random")
    seed = demo.run("return document.getElementById('seed').valueAsNumber")
    assert 0 <= seed < 10**6 and isinstance(seed, int)


def test_what_is_refused_is_told(demo):
    demo.type("#num-images", "5")
    demo.click("#go")
    demo.wait("document.querySelector('.status.bad')")
    assert demo.text("#status") == "The number of pictures must be a whole number from 1 to 4."
    assert demo.run("return document.getElementById('go').disabled") is False
    # Chromium notes the status 400 itself.
    assert len(demo.complaints()) == 1


def test_it_fits_a_narrow_window(demo):
    demo.resize(500, 900)
    demo.click("#go")
    demo.wait("document.querySelector('.picture img')")
    assert demo.run(OVERFLOW) <= 0


def test_another_site_cannot_use_it(chromium, drawing):
    """A page of another port is another site: it can neither read nor make this one draw."""
    with serving(drawing.server.page) as other:
        chromium.open(other.url)
        script = """
        const [url, type] = arguments;
        return fetch(url, {method: "POST", headers: {"Content-Type": type}, body: "{}"})
          .then(() => "answered", () => "refused");
        """
        for kind in ("application/json", "text/plain"):
            assert chromium.run(script, f"{drawing.url}draw", kind) == "refused"


# === Ranking ===


@pytest.fixture
def ranking(chromium, study):
    chromium.resize(1200, 900)
    with serving(RankPage(study)) as client:
        chromium.open(client.url)
        chromium.wait("document.activeElement.id === 'rater'")
        chromium.study = study
        yield chromium
        assert chromium.complaints() == []


def begin(page, name="Ann"):
    page.type("#rater", name)
    page.press("Enter")
    page.wait(f"document.querySelectorAll('.choice').length === 3 && {READY}")
    assert page.run(f"return {LOADED}")


def wait_for(page, progress):
    page.wait(f"document.getElementById('progress-text').innerText === {progress!r} && {READY}")


def votes(page):
    return VoteLog(page.study.votes, 4, page.study.models).of("Ann")


def expected_vote(page, place, slots):
    number = page.study.order("Ann")[place]
    shown = page.study.shown("Ann", number)
    return number, [page.study.models[shown[slot]] for slot in slots]


def test_ranking_by_keyboard(ranking):
    begin(ranking)
    assert ranking.run(NAMELESS) == []
    ranking.press("3")
    assert ranking.run("return document.getElementById('save').disabled") is True
    # The last place fills itself; Backspace takes the last choice back.
    ranking.press("2", "Backspace", "1")
    ranks = ranking.run("return [...document.querySelectorAll('.choice')].map((c) => c.ariaLabel)")
    assert ranks == [
        "Picture 1, ranked 2nd", "Picture 2, ranked 3rd", "Picture 3, ranked 1st"
    ]  # fmt: skip
    assert votes(ranking) == {}
    ranking.press("Enter")
    wait_for(ranking, "Sentence 2 of 4, 1 ranked")
    assert votes(ranking) == dict([expected_vote(ranking, 0, (2, 0, 1))])


def test_ranking_by_mouse_and_changing_a_vote(ranking):
    begin(ranking)
    ranking.click(".choice:nth-child(2)")
    ranking.click(".choice:nth-child(1)")
    ranking.click("#save")
    wait_for(ranking, "Sentence 2 of 4, 1 ranked")
    ranking.click("#previous")
    wait_for(ranking, "Sentence 1 of 4, 1 ranked")
    badges = "return [...document.querySelectorAll('.rank')].map((badge) => badge.innerText)"
    assert ranking.run(badges) == ["2nd", "1st", "3rd"]
    ranking.click(".choice:nth-child(3)")
    ranking.press("2", "Enter")
    wait_for(ranking, "Sentence 2 of 4, 1 ranked")
    number, _ = expected_vote(ranking, 0, (0, 1, 2))
    assert list(votes(ranking)) == [number] and len(ranking.study.votes.read_bytes().split()) > 1


def test_to_the_end_and_back_again(ranking):
    begin(ranking)
    captions = []
    for place in range(4):
        wait_for(ranking, f"Sentence {place + 1} of 4, {place} ranked")
        captions.append(ranking.text("#sentence").strip("“”"))
        ranking.press("1", "2", "Enter")
        if place == 1:
            wait_for(ranking, "Sentence 3 of 4, 2 ranked")
            # A reload in the middle goes on where it was.
            ranking.run("location.reload()")
            ranking.wait("document.activeElement.id === 'rater'")
            begin(ranking)
    ranking.wait("!document.getElementById('end').hidden")
    assert "Thank you" in ranking.text("#end")
    assert sorted(captions) == sorted(ranking.study.captions)
    assert votes(ranking) == dict(expected_vote(ranking, k, (0, 1, 2)) for k in range(4))
    ranking.press("Enter")
    wait_for(ranking, "Sentence 4 of 4, 4 ranked")


def test_pictures_that_cannot_be_seen_are_not_ranked(chromium, study, monkeypatch):
    monkeypatch.setattr(study, "picture", lambda model, number: study.directory / "nothing.png")
    with serving(RankPage(study)) as client:
        chromium.open(client.url)
        chromium.type("#rater", "Ann")
        chromium.press("Enter")
        chromium.wait("document.querySelector('.status.bad')")
    assert "could not be shown" in chromium.text("#status")
    chromium.press("1", "2")
    assert chromium.run("return document.querySelectorAll('.rank').length") == 0


def test_a_server_that_is_gone_is_told(chromium, study):
    with serving(RankPage(study)) as client:
        chromium.open(client.url)
        chromium.study = study
        begin(chromium)
    chromium.press("1", "2", "Enter")
    chromium.wait("document.querySelector('.status.bad')")
    assert "Is it still running?" in chromium.text("#status")
    # The ranking is still there, to be saved later.
    assert chromium.run("return document.querySelectorAll('.rank').length") == 3
    assert votes(chromium) == {}


def test_ranking_fits_a_narrow_window(ranking):
    ranking.resize(500, 900)
    begin(ranking)
    assert ranking.run(OVERFLOW) <= 0
