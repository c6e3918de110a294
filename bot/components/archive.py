"""Opens a trained model for understanding alone, without Rasa and its dialogue.

The command line judges thousands of messages and starts in a second this way. It reads the very files that
the Rasa component reads and goes through the same code; a test holds both to the same answers.
"""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bot.components.encoder.pretrained import EncoderError
from bot.components.extract.reading import as_dictionary, entities
from bot.components.meaning import Meaning

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTS = ("model.json", "weights.npz", "idf.npy", "asked.npz", "asked.json", "topics.npz", "topics.json")
_COMPONENT = "MeaningClassifier"


class ModelError(Exception):
    """The trained model cannot be used."""


def newest(folder: Path) -> Path:
    """Return the youngest archive of a folder."""
    found = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise ModelError(f"There is no trained model in {folder}: train one first.")
    return found[-1]


def open_model(archive: Path) -> Meaning:
    """Read the models of `meaning` out of a Rasa archive."""
    if not archive.is_file():
        raise ModelError(f"There is no trained model at {archive}: train one first.")
    try:
        with tarfile.open(archive, "r:gz") as packed, tempfile.TemporaryDirectory() as scratch:
            wanted = [
                m
                for m in packed.getmembers()
                if m.isfile() and _COMPONENT in m.name and Path(m.name).name in _PARTS
            ]
            for member in wanted:
                source = packed.extractfile(member)
                if source is not None:
                    (Path(scratch) / Path(member.name).name).write_bytes(source.read())
            return Meaning.load(Path(scratch))
    except EncoderError as reason:
        raise ModelError(str(reason)) from reason
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError) as reason:
        raise ModelError(f"The model {archive} is broken or of another version: train it again.") from reason


def answers(meaning: Meaning, texts: Sequence[str]) -> list[dict[str, object]]:
    """Return what the understanding contract asks for, for each text."""
    if not texts:
        return []
    judged = meaning.judge(meaning.margins(texts), texts)
    return [
        {
            "intent": one.intent,
            "confidence": round(one.confidence, 4),
            "risk": one.risk,
            "tier": one.tier,
            "entities": [as_dictionary(found) for found in entities(text)],
        }
        for one, text in zip(judged, texts, strict=True)
    ]
