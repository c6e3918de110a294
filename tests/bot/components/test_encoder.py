"""The encoder: its weights are the expected ones or nothing works; it keeps no text."""

from __future__ import annotations

import os
import subprocess

import pytest

from cli.install.places import BOT_VENV, ROOT, python_of

PYTHON = os.environ.get("AVANZA_TEST_RASA_PYTHON", str(python_of(BOT_VENV)))
pytestmark = pytest.mark.bot

MEGABYTE = 1_000_000

_PIECES = """
from bot.components.encoder.pieces import END, FIRST, LAST, START, UNKNOWN, Pieces

pieces = ["<s>", "<pad>", "</s>", "<unk>", "_me", "_pe", "ga", "_pega", "g", "a", "_"]
known = Pieces([piece.replace("_", "\\u2581") for piece in pieces], [0.0] * 4 + [-3.0] * 7)
assert known.numbers("me pega") == [START, 4, 7, END], "one piece is likelier than two"
assert known.numbers("me peg") == [START, 4, 5, 8, END]
assert known.numbers("ñ") == [START, 10, UNKNOWN, END]
long = known.numbers(" ".join(["me"] * 100 + ["pega"]))
assert len(long) == FIRST + LAST + 2 and long[-2] == 7, "the end of a long story is read"
"""
_RESPELT = """
from bot.components.encoder.respelling import Respelling, careful_words
from bot.components.examples import Example

clean = [Example("Me quiere quitar a mi hijo.", "greet", "none", author, "clean") for author in "ab"]
noisy = [Example("m kiere kitar", "greet", "none", author, "noisy") for author in "ab"]
words = careful_words(clean + noisy)
assert "kiere" not in words and "quiere" in words
read = Respelling([*words, "amenaza", "que"])
assert read("ME KIERE KITAR a mi ijo!!") == "me quiere quitar a mi hijo!!"
assert read("q me quiere") == "que me quiere", "abbreviations are written out"
assert read("amenazado") == "amenazado", "a word is not cut to one that sounds like it"
assert read("xyz 😭") == "xyz 😭" and read("") == ""
"""
_COARSE = """
import numpy as np
from bot.components.encoder.tuned import coarse, fine

weights = np.random.default_rng(3).standard_normal((5, 40)).astype(np.float32)
weights[2] = 0
steps, scale = coarse(weights)
assert steps.dtype == np.int8 and (abs(fine(steps, scale) - weights) <= scale[:, None] / 2 + 1e-6).all()
"""
_TOGETHER = """
import numpy as np
from bot.components.encoder.encoder import UNKNOWN, Encoder
from bot.components.labels import INTENTS, RISKS

texts = ["me pega", "hola, a qué hora es el taller", "", "😭", "ya no quiero nada " * 40, "me pega"]
one_by_one = Encoder.read()
wanted = [*INTENTS, "an intent of tomorrow"]
apart = np.vstack([one_by_one.scores([text], wanted) for text in texts])
together = Encoder.read().scores(texts, wanted)
assert together.shape == (len(texts), len(wanted) + len(RISKS))
assert np.allclose(apart, together, atol=1e-3), "a text's scores hang on what is asked with it"
assert (together[:, len(INTENTS)] == UNKNOWN).all()
assert (together[0] == together[-1]).all()
safe = together[:, -len(RISKS) :]
assert safe[0].argmax() > 0 and safe[1].argmax() == 0, "it was not trained"
assert not any(b"pega" in key or b"taller" in key for key in one_by_one._known), "it keeps texts"
assert len(one_by_one._known) == len(set(texts))
"""
_UNSEEN = """
from pathlib import Path
import numpy as np
from bot.components.encoder.encoder import Encoder
from bot.components.examples import Example, read_folder
from bot.components.labels import INTENTS
from bot.learning.encoder import unseen
from bot.learning.folds import encoder_unseen

every = read_folder(Path("data/nlu"))
known = unseen.read(every)[2]
assert known.mean() > 0.5, "the encoder is of other data: tune it anew"
seen = [every[i] for i in np.flatnonzero(known)[:40]]
new = Example("mañana escribo esto", "greet", "none", "an author of tomorrow")
found = encoder_unseen([*seen, new], INTENTS)
served = Encoder.read().scores([e.text for e in [*seen, new]], INTENTS)
assert np.allclose(found[-1], served[-1], atol=1e-3), "added since: judged by the encoder that is served"
assert not np.allclose(found[:-1], served[:-1], atol=0.5), "scores of authors it saw pass for unseen ones"
"""
_WRONG = """
import os, tempfile
from pathlib import Path
from bot.components.encoder import pretrained, tuned
from bot.components.encoder.encoder import Encoder, EncoderError

def told(ask):
    try:
        ask()
    except EncoderError as reason:
        return str(reason)
    raise AssertionError("answered without its weights")

scratch = Path(tempfile.mkdtemp())
assert "missing" in told(lambda: pretrained.Pretrained(scratch / "none.bin"))
(scratch / "short.bin").write_bytes(b"E5S1")
(scratch / "empty.bin").touch()
assert "checksum" in told(lambda: pretrained.Pretrained(scratch / "short.bin"))
assert told(lambda: pretrained.Pretrained(scratch / "empty.bin"))
assert "missing" in told(lambda: Encoder.read(scratch / "none.npz"))
whole = tuned.FILE.read_bytes()
(scratch / "half.npz").write_bytes(whole[: len(whole) // 2])
assert "broken" in told(lambda: Encoder.read(scratch / "half.npz"))
assert "train the model again" in told(lambda: Encoder.read(belongs_to="0" * 16))
pretrained.PACKAGE = "a_package_of_nobody"
assert "not installed" in told(pretrained.installed)
"""


@pytest.mark.parametrize(
    "asked",
    [_PIECES, _RESPELT, _COARSE, _TOGETHER, _UNSEEN, _WRONG],
    ids=["pieces", "respelling", "8 bit", "together", "unseen", "wrong files"],
)
def test_the_encoder(asked: str) -> None:
    """It cuts and respells as told, gives one text one answer, and never answers without its own weights."""
    done = subprocess.run(
        [PYTHON, "-c", asked], capture_output=True, text=True, check=False, cwd=ROOT, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_what_is_kept_of_it_is_small() -> None:
    """The tuned layers and the scores of unseen authors stand in the repository: small enough to clone."""
    assert (ROOT / "bot/components/encoder/tuned.npz").stat().st_size < 12 * MEGABYTE
    assert (ROOT / "bot/learning/encoder/unseen.npz").stat().st_size < 3 * MEGABYTE
