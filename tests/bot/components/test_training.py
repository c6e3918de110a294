"""Cold training: quick, and the same each time; what it learns from is what is served."""

from __future__ import annotations

import os
import subprocess

import pytest

from cli.install.places import BOT_STATE, BOT_VENV, ROOT, python_of
from cli.processes.rasa import rasa_environment

PYTHON = os.environ.get("AVANZA_TEST_RASA_PYTHON", str(python_of(BOT_VENV)))
pytestmark = pytest.mark.bot

_FEATURES = """
import random
import numpy as np
from bot.components.features import FEW, Features, views_for

chance = random.Random(7)
words = ["me", "pega", "hola", "taller", "hoy", "gracias", "cuando", "es", "mi", "hijo", "no", "❤️"]
for count in (300, FEW + 100):
    texts = [" ".join(chance.choices(words, k=chance.randint(0, 9))) for _ in range(count)]
    features = Features(views_for(count))
    learnt, served = features.learn(texts), features.rows(texts)
    assert (learnt.indptr == served.indptr).all() and (learnt.indices == served.indices).all()
    assert (learnt.data == served.data).all(), "training and answering see other numbers"
    assert learnt.shape == (count, len(features.idf)) == served.shape
assert Features(("stems",)).learn([]).shape == (0, 0)
"""
_FITTED_TWICE = """
import random
import numpy as np
from bot.components.examples import Example
from bot.components.labels import INTENTS, RISKS
from bot.components.training import fit

chance = random.Random(3)
examples = [
    Example(f"{intent} {chance.randint(0, 9)} {chance.choice(RISKS)} palabra", intent, chance.choice(RISKS))
    for intent in INTENTS
    for _ in range(6)
]
told = []
one, two = fit(examples, told.append), fit(examples)
texts = [example.text for example in examples]
assert (one.margins(texts) == two.margins(texts)).all(), "two cores give other models each time"
assert told[:2] == ["features", "models"] and told[-1] == "joining", told

from bot.components.context_training import fit_readers
from bot.components.replies import read_replies
from bot.components.turn_memo import one_turn

told.clear()
one.context = fit_readers(one, read_replies()[::40], examples, told.append)
assert told[0] == "acts" and "topics" in told, told
places = ("safety.heard", "topics.safety", "safety.heard", "nowhere")
plainly = [(one.read(text, places), one.margins([text]).tolist()) for text in texts[:9]]
with one_turn():
    for _ in range(2):
        assert [(one.read(text, places), one.margins([text]).tolist()) for text in texts[:9]] == plainly
"""
_SLOPE = """
import numpy as np
from scipy.sparse import csr_matrix
from bot.components import context_training
from bot.components.replies import Reply

SURE = "contact.opt_out_sure"
labels = [(SURE, "opt_out"), (SURE, "opt_out"), (SURE, "keep"), (SURE, "keep"), ("food.minors", "yes"),
          ("food.minors", "no")]
replies = [Reply(after, act, "", str(i)) for i, (after, act) in enumerate(labels)]
chance = np.random.default_rng(5)
seen, sense = csr_matrix(chance.normal(size=(len(replies), 4))), np.zeros((len(replies), 2))
context_training.COMMON = context_training.KNOWN = 1
model = context_training.fit_context(seen, sense, replies)
for i, reply in enumerate(replies):
    assert model.read(seen[i], sense[[i]], reply.after).act == reply.act

search, asked = context_training.minimize, []
def watched(cost, start, **options):
    asked.append((cost, start))
    return search(cost, start, **options)
context_training.minimize = watched
context_training.fit_context(seen, sense, replies)
cost, start = asked[0]
at, way = chance.normal(size=start.shape) / 10, chance.normal(size=start.shape)
rise = (cost(at + 0.01 * way)[0] - cost(at - 0.01 * way)[0]) / 0.02
assert abs(rise - cost(at)[1] @ way) < 0.01 * abs(rise), "the slope is not that of the cost"

context_training.DEARER = 3.0
dearly = context_training.fit_context(seen, sense, replies)
def of_opt_out(one):
    act, sure = one.read(csr_matrix((1, 4)), sense[:1], SURE)
    return sure if act == "opt_out" else -sure
assert of_opt_out(dearly) < of_opt_out(model), "a lasting act is read no less readily"
"""
_FILES = """
from pathlib import Path
from bot.components.examples import read_folder
from bot.components.intents import _examples
from bot.serving.importer import FileImporter

folder = Path("data/nlu")
importer = FileImporter("config.yml", "bot/domain", ["data"])
data = importer.get_nlu_data()
found = [(e.text, e.intent, e.risk) for e in _examples(data)]
assert found == [(e.text, e.intent, e.risk) for e in read_folder(folder)]
assert len(data.training_examples) == len(list(folder.glob("*.yml")))
assert importer.get_domain() is importer.get_domain()

import tempfile
scratch = Path(tempfile.mkdtemp())
line = '- {"text": "hola", "metadata": {"risk": "none", "author": "a", "style": "s"}}\\n'
said = "version: '3.1'\\nnlu:\\n- intent: greet\\n  examples:\\n  "
(scratch / "greet.yml").write_text(said + line)
before = FileImporter("config.yml", "bot/domain", [str(scratch)]).get_nlu_data().fingerprint()
(scratch / "greet.yml").write_text(said + line + "  " + line.replace("hola", "buenas"))
after = FileImporter("config.yml", "bot/domain", [str(scratch)]).get_nlu_data().fingerprint()
assert before != after, "Rasa's cache would serve the old model"
"""


@pytest.mark.parametrize(
    "asked", [_FEATURES, _FITTED_TWICE, _SLOPE, _FILES], ids=["features", "twice", "slope", "files"]
)
def test_training_in_rasas_environment(asked: str) -> None:
    """Training and answering see the same numbers; two trainings give one model; Rasa sees each change.

    Each stage is told, and in a turn the memo answers what the models do.
    """
    env = rasa_environment(BOT_STATE, os.environ)
    done = subprocess.run(
        [PYTHON, "-c", asked], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
