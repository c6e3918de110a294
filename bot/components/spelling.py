"""Three views of what she typed, so that spelling stops hiding what she means.

`written` keeps the words as typed (small letters, no accents); `spoken` is a phonetic Spanish view in
which "ke m kiere aser" and "que me quiere hacer" are the same letters; `squeezed` is the spoken view
without spaces, for words joined or split by haste. Pure functions: they must never store or log a text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST = 1_500
"""Characters read for the meaning: what follows in a forwarded chain says nothing more."""

_SHORT = {
    "q": "que", "k": "que", "ke": "que", "qe": "que", "qu": "que", "x": "por", "d": "de", "m": "me",
    "t": "te", "c": "se", "s": "es", "n": "en", "l": "el", "b": "be", "p": "pues", "i": "y",
    "xq": "porque", "pq": "porque", "xk": "porque", "pk": "porque", "porq": "porque", "xke": "porque",
    "xque": "porque", "pork": "porque", "xfa": "por favor", "xfis": "por favor", "porfa": "por favor",
    "porfis": "por favor", "plis": "por favor", "pls": "por favor", "porfas": "por favor",
    "xfavor": "por favor", "xfabor": "por favor", "fa": "favor", "ps": "pues", "pz": "pues", "pos": "pues",
    "pus": "pues", "pues": "pues", "dnd": "donde", "dnde": "donde", "ond": "donde", "onde": "donde",
    "dond": "donde", "ontá": "donde esta", "tmb": "tambien", "tb": "tambien", "tbn": "tambien",
    "tambn": "tambien", "tmbn": "tambien", "tmbien": "tambien", "bn": "bien", "bno": "bueno",
    "bueno": "bueno", "ntp": "no te preocupes", "ntc": "no te creas", "tqm": "te quiero mucho",
    "tkm": "te quiero mucho", "mñn": "mañana", "mnn": "mañana", "mñna": "mañana", "mñana": "mañana",
    "mnana": "mañana", "msj": "mensaje", "msjs": "mensajes", "mjs": "mensajes", "sms": "mensaje",
    "wats": "whatsapp", "wasap": "whatsapp", "wsp": "whatsapp", "wapp": "whatsapp", "wp": "whatsapp",
    "wpp": "whatsapp", "whats": "whatsapp", "guats": "whatsapp", "wassap": "whatsapp", "watsap": "whatsapp",
    "guasap": "whatsapp", "wa": "whatsapp", "whatsap": "whatsapp", "wasa": "whatsapp",
    "cel": "celular", "tel": "telefono", "cll": "calle", "num": "numero", "nu": "no",
    "cdo": "cuando", "cnd": "cuando", "cuand": "cuando", "kuando": "cuando", "cn": "con", "kn": "con",
    "sta": "esta", "stan": "estan", "stoy": "estoy", "toy": "estoy", "stoi": "estoy", "toi": "estoy",
    "ta": "esta", "tan": "estan", "taba": "estaba", "staba": "estaba", "tamos": "estamos",
    "stamos": "estamos", "100pre": "siempre", "sienpre": "siempre", "tons": "entonces", "ntons": "entonces",
    "entons": "entonces", "entonses": "entonces", "pa": "para", "pal": "para el", "pala": "para la",
    "nomas": "nada mas", "namas": "nada mas", "nms": "nada mas", "nd": "nada", "nda": "nada",
    "na": "nada", "grax": "gracias", "grcs": "gracias", "grcias": "gracias", "gras": "gracias",
    "gcias": "gracias", "grasias": "gracias", "thx": "gracias", "qn": "quien", "kn.": "con", "kien": "quien",
    "fvor": "favor", "sra": "señora", "sr": "señor", "srita": "señorita", "lic": "licenciada",
    "licda": "licenciada", "dra": "doctora", "dr": "doctor", "hno": "hermano", "hna": "hermana",
    "tmpo": "tiempo", "tpo": "tiempo", "hrs": "horas", "hr": "hora", "hra": "hora", "min": "minutos",
    "mins": "minutos", "mdr": "madre", "slds": "saludos", "bdias": "buenos dias", "bns": "buenas",
    "bnas": "buenas", "bnos": "buenos", "nchs": "noches", "nochs": "noches", "tds": "tardes",
    "tards": "tardes", "sip": "si", "sep": "si", "sii": "si", "sis": "si", "nop": "no", "nel": "no",
    "nada": "nada", "mija": "mi hija", "mijo": "mi hijo", "mijito": "mi hijo", "mijita": "mi hija",
    "aki": "aqui", "ayi": "alli", "alla": "alla", "ahy": "ahi", "aii": "ahi", "ai": "ahi", "ay": "ahi",
    "hay": "ahi", "hai": "ahi", "ahi": "ahi", "ahorita": "ahorita", "orita": "ahorita", "aorita": "ahorita",
    "horita": "ahorita", "orta": "ahorita", "aora": "ahora", "ora": "ahora", "hoi": "hoy", "oi": "hoy",
    "oy": "hoy", "ase": "hace", "haber": "a ver", "aver": "a ver", "ir": "ir", "boy": "voy", "boi": "voy",
    "voi": "voy", "iva": "iba", "ise": "hice", "hise": "hice", "enel": "en el", "enla": "en la",
    "dela": "de la", "ala": "a la", "alas": "a las", "ami": "a mi", "asu": "a su", "atu": "a tu",
    "amis": "a mis", "loq": "lo que", "alo": "a lo", "sele": "se le", "seme": "se me", "mela": "me la",
    "esk": "es que", "esq": "es que", "eske": "es que", "esque": "es que", "queme": "que me",
    "kme": "que me", "qme": "que me", "qno": "que no", "kno": "que no", "yano": "ya no", "iano": "ya no",
    "nose": "no se", "sino": "si no", "porke": "porque", "porque": "porque", "vdd": "verdad",
    "verda": "verdad", "vd": "verdad", "eda": "verdad", "edá": "verdad", "info": "informacion",
    "inf": "informacion", "mpio": "municipio", "mun": "municipio", "gdl": "guadalajara", "dir": "direccion",
    "domi": "domicilio", "fb": "facebook", "face": "facebook", "ig": "instagram", "wy": "guey",
    "dsd": "desde", "dsde": "desde", "asta": "hasta", "hta": "hasta", "muxo": "mucho", "mxo": "mucho",
    "mcho": "mucho", "pro": "pero", "xro": "pero", "perp": "pero", "nss": "no se", "ns": "no se",
    "lla": "ya", "ia": "ya", "llo": "yo", "io": "yo", "sta.": "esta", "asi": "asi", "haci": "asi",
    "tng": "tengo", "tngo": "tengo", "kiero": "quiero", "qiero": "quiero", "qero": "quiero",
    "kero": "quiero", "qro": "quiero", "kro": "quiero", "pdo": "puedo", "pueo": "puedo",
    "pued": "puede", "kede": "que de", "dl": "del", "gral": "general", "depa": "departamento",
    "compu": "computadora", "fon": "telefono", "teli": "telefono", "seño": "señora", "ña": "señora",
    "señito": "señora", "cmo": "como", "komo": "como", "k.": "que", "hjos": "hijos", "hjo": "hijo",
    "hja": "hija", "ijos": "hijos", "esps": "esposo", "gnt": "gente", "tdo": "todo", "tdos": "todos",
    "tda": "toda", "mns": "menos", "mnos": "menos", "sbe": "sabe", "sab": "sabe", "prq": "porque",
}

_LETTERS = re.compile(r"[a-zñ0-9]+|[^\sa-zñ0-9]")
_WORD = re.compile(r"[a-zñ0-9]+")
_RUN = re.compile(r"(.)\1{2,}")
_STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), with_)
    for pattern, with_ in (
        (r"ch|sh", "x"),  # muxo, muchacho: one sign for the sound; a real x is rare and keeps it too
        (r"ph", "f"),
        (r"h?u(?=[aeiou])", "w"),  # huevo, guevo, webo meet below
        (r"(?<=[gq])w(?=[ei])", "u"),  # but gue, gui, que, qui are spelling, not sound
        (r"gu(?=[ei])", "k_"),  # held apart from the g of gente
        (r"qu(?=[ei])|q", "k"),
        (r"gw|bw", "w"),
        (r"h", ""),
        (r"ll", "y"),
        (r"sc(?=[ei])|cc(?=[ei])|xc(?=[ei])", "s"),
        (r"c(?=[ei])|z", "s"),
        (r"c", "k"),
        (r"g(?=[ei])", "j"),
        (r"k_", "g"),
        (r"v", "b"),
        (r"ñ", "n"),
        (r"m(?=[bp])", "n"),
        (r"(?<=[aeiou])y(?![aeiou])", "i"),
        (r"(?:^|(?<=[aeiou]))i(?=[aeou])", "y"),
        (r"(?<=[aeio])d$|(?<=[a])do(s?)$", r"\1"),  # verda, cansao: closed below to one form
        (r"(.)\1+", r"\1"),
    )
)


def bare(text: str) -> str:
    """Return `text` in small letters without accents, invisible signs or control characters; ñ stays."""
    text = unicodedata.normalize("NFKD", text[:LONGEST].casefold().replace("ñ", "\x01"))
    kept = (c for c in text if not unicodedata.combining(c) and unicodedata.category(c) not in {"Cf", "Co", "Cs"})
    return "".join("ñ" if c == "\x01" else (" " if unicodedata.category(c) == "Cc" else c) for c in kept)


def written(text: str) -> str:
    """Return the written view: words and signs apart, no letter more than twice in a row."""
    return " ".join(_LETTERS.findall(_RUN.sub(r"\1\1", bare(text))))


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """Return how a bare word sounds, as letters: `sound("hizo") == sound("iso")`."""
    if word.isdigit():
        return word
    for pattern, with_ in _STEPS:
        word = pattern.sub(with_, word)
    return word


@lru_cache(maxsize=50_000)
def _expanded(word: str) -> tuple[str, ...]:
    single = re.sub(r"(.)\1+", r"\1", word) if not word.isdigit() else word
    full = _SHORT.get(word) or _SHORT.get(single) or word
    return tuple(s for s in (sound(part) for part in full.split()) if s)


def spoken_words(text: str) -> list[str]:
    """Return the words of the spoken view; abbreviations are written out."""
    return [s for word in _WORD.findall(bare(text)) for s in _expanded(word)]


def spoken(text: str) -> str:
    """Return the spoken view: `spoken("ke m kiere aser") == spoken("que me quiere hacer")`."""
    return " ".join(spoken_words(text))


def squeezed(text: str) -> str:
    """Return the spoken view without spaces."""
    return "".join(spoken_words(text))
