"""Each setting is checked for its use: mended where its meaning is certain, else refused with its name."""

from __future__ import annotations

import base64
import struct
import zoneinfo
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from support import environment

from outreach.ground import zones
from outreach.ground.settings import Settings, SettingsError, examine, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = (
    "AVANZA_DATABASE_URL", "AVANZA_SECRET_KEY", "AVANZA_PUBLIC_URL", "AVANZA_WEBHOOK_PORT",
    "AVANZA_CONSOLE_PORT", "AVANZA_SIMULATOR_PORT", "AVANZA_RASA_URLS", "AVANZA_TIMEZONE",
    "AVANZA_REMINDER_OFFSETS", "AVANZA_QUIET_HOURS", "AVANZA_LEAST_AGE", "AVANZA_GUARDIAN_UNDER",
    "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_WHATSAPP_FROM", "TWILIO_MESSAGING_SERVICE_SID",
    "TWILIO_API_URL", "AVANZA_ALARM_EMAILS", "AVANZA_SMTP_URL", "AVANZA_ALARM_PHONES",
    "AVANZA_DANGER_MINUTES",
    "AVANZA_HOLD_MINUTES_DANGER", "AVANZA_HOLD_MINUTES", "AVANZA_COVER_HOURS",
    "AVANZA_CONSOLE_SECURE", "AVANZA_TRUSTED_PROXIES", "AVANZA_SIMULATED_CLOCK",
    "AVANZA_METRICS_PORT", "AVANZA_METRICS_HOST",
    "AVANZA_SILENCE_HOURS", "AVANZA_BACKUP_KEY", "AVANZA_BACKUP_DIR", "AVANZA_BACKUP_KEEP",
)  # fmt: skip


def loaded(var: Path, **changes: str) -> Settings:
    return load_settings(environment(var, **changes))


def refusal(var: Path, **changes: str) -> str:
    """The one line that a value is refused with."""
    with pytest.raises(SettingsError) as refused:
        loaded(var, **changes)
    line = str(refused.value)
    assert "\n" not in line
    assert all(one.isprintable() for one in line)
    return line


@pytest.mark.parametrize(
    ("given_url", "meant"),
    [
        ("https://a.gob.mx", "https://a.gob.mx"),
        ("https://a.gob.mx/", "https://a.gob.mx"),
        ("https://a.gob.mx//", "https://a.gob.mx"),
        ("HTTPS://A.Gob.MX", "https://a.gob.mx"),
        ("  https://a.gob.mx\n", "https://a.gob.mx"),
        ("https://a.gob.mx/twilio/inbound", "https://a.gob.mx"),
        ("https://a.gob.mx/twilio/inbound/", "https://a.gob.mx"),
        ("https://a.gob.mx/twilio/status", "https://a.gob.mx"),
        ("https://a.gob.mx/avanza/twilio/inbound", "https://a.gob.mx/avanza"),
        ("https://a.gob.mx:8443/", "https://a.gob.mx:8443"),
        ("https://a.gob.mx.", "https://a.gob.mx"),
        ("https://niñas.mx", "https://xn--nias-hqa.mx"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_the_public_address_is_mended(tmp_path: Path, given_url: str, meant: str) -> None:
    """W19: what one copies from Twilio's own page means the server that it names."""
    assert loaded(tmp_path, AVANZA_PUBLIC_URL=given_url).public_url == meant


@pytest.mark.parametrize("name", ["AVANZA_PUBLIC_URL", "TWILIO_API_URL", "AVANZA_RASA_URLS"])
@pytest.mark.parametrize(
    "bad",
    [
        "a.gob.mx", "//a.gob.mx", "https:/a.gob.mx", "https://", "https:///twilio/inbound", "ftp://a.gob.mx",
        "https://a.gob.mx?x=1", "https://a.gob.mx/?", "https://a.gob.mx/#", "https://u:p@a.gob.mx",
        "https://u@a.gob.mx", "https://a.gob.mx:99999", "https://a.gob.mx:x", "https://a b.mx",
        "https://a..mx", "https://-a.mx", "https://[::1", "https://a.gob.mx/a b", "https://a.gob.mx/../x",
        "https://a.gob.mx\\x", "javascript://a.gob.mx", "https://%00.mx",
    ],
)  # fmt: skip
def test_an_address_of_no_use_is_refused(tmp_path: Path, name: str, bad: str) -> None:
    """What could never match a signature, or reach anything, stops the start; a password is not quoted."""
    line = refusal(tmp_path, **{name: bad})
    assert name in line
    assert "u:p" not in line


@pytest.mark.parametrize(
    "base",
    [None, "https://api.twilio.com", "https://proxy.gob.mx", "http://127.0.0.1.gob.mx", "http://10.0.0.1"],
)
def test_the_clock_is_simulated_beside_a_simulator_only(tmp_path: Path, base: str | None) -> None:
    """No setting moves the clock of women who are real; on this machine's own address there are none."""
    named = {"TWILIO_API_URL": base} if base else {}
    assert "AVANZA_SIMULATED_CLOCK" in refusal(tmp_path, AVANZA_SIMULATED_CLOCK="yes", **named)
    assert not loaded(tmp_path, **named).simulated_clock
    simulator = {"TWILIO_API_URL": "http://127.0.0.1:8002"}
    assert loaded(tmp_path, AVANZA_SIMULATED_CLOCK="yes", **simulator).simulated_clock
    assert not loaded(tmp_path, **simulator).simulated_clock


def test_rasa_addresses(tmp_path: Path) -> None:
    """The channel's own path is taken off, and an address that stands twice is one server."""
    urls = "http://Rasa:5005/webhooks/rest/webhook, http://rasa:5005/,http://other:5005"
    assert loaded(tmp_path, AVANZA_RASA_URLS=urls).rasa_urls == ("http://rasa:5005", "http://other:5005")
    assert "AVANZA_RASA_URLS" in refusal(tmp_path, AVANZA_RASA_URLS=" , ")


@pytest.mark.parametrize(
    "bad",
    ["0", "-1", "1440,0", "99999999999", "43201", "1440,1440", "120,0120", "1440;120", "1 día", "1e3", "1.5",
     "²", "٣٠", ",", "1,2,3,4,5,6,7,8,9,10,11", "9" * 5000],
)  # fmt: skip
def test_reminders_that_could_never_leave_are_refused(tmp_path: Path, bad: str) -> None:
    """T02, T03: each is between a minute and thirty days before, and stands once."""
    assert "AVANZA_REMINDER_OFFSETS" in refusal(tmp_path, AVANZA_REMINDER_OFFSETS=bad)


def test_reminders_are_sorted(tmp_path: Path) -> None:
    assert loaded(tmp_path, AVANZA_REMINDER_OFFSETS="120, 1440,").reminder_offsets == (1440, 120)
    assert loaded(tmp_path, AVANZA_REMINDER_OFFSETS="").reminder_offsets == (1440, 120)


@pytest.mark.parametrize(
    "bad",
    ["America", "Mexico", "america/", "../x", "../../etc/passwd", "/usr/share/zoneinfo/UTC", "CDMX",
     "zone.tab", "tzdata.zi", "a" * 5000, "América/Mexico_City", ".", "America/Mexico_City/x", "right"],
)  # fmt: skip
def test_a_zone_that_is_none_is_one_line(tmp_path: Path, bad: str) -> None:
    """T03: folders, files and paths are no time zones."""
    assert "AVANZA_TIMEZONE" in refusal(tmp_path, AVANZA_TIMEZONE=bad)


def test_half_a_zone_gets_a_hint(tmp_path: Path) -> None:
    assert "Mexico/BajaNorte" in refusal(tmp_path, AVANZA_TIMEZONE="Mexico")


@pytest.mark.parametrize("written", ["America/Mexico_City", "america/mexico_city", "America/Mexico City"])
def test_a_zone_whatever_its_case(tmp_path: Path, written: str) -> None:
    assert loaded(tmp_path, AVANZA_TIMEZONE=written).timezone.key == "America/Mexico_City"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("whatsapp:+14155238886", "whatsapp:+14155238886"),
        ("whatsapp:+5213312345678", "whatsapp:+5213312345678"),
        ("+523312345678", "whatsapp:+523312345678"),
        ("WhatsApp: +52 (33) 1234-5678", "whatsapp:+523312345678"),
    ],
)
def test_the_sender_is_mended(tmp_path: Path, written: str, meant: str) -> None:
    """The scheme and marks between digits say nothing of their own."""
    assert loaded(tmp_path, TWILIO_WHATSAPP_FROM=written).twilio.whatsapp_from == meant


@pytest.mark.parametrize(
    "bad",
    ["+52133", "whatsapp:+52133", "3312345678", "whatsapp:3312345678", "whatsapp:", "whatsapp:MX.123",
     "sms:+523312345678", "whatsapp:whatsapp:+523312345678", "whatsapp:+52331234567890123",
     "whatsapp:+52331234567x", "whatsapp:++523312345678"],
)  # fmt: skip
def test_a_sender_that_is_no_number_is_refused(tmp_path: Path, bad: str) -> None:
    assert "TWILIO_WHATSAPP_FROM" in refusal(tmp_path, TWILIO_WHATSAPP_FROM=bad)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"AVANZA_GUARDIAN_UNDER": "10"}, "AVANZA_GUARDIAN_UNDER"),
        ({"AVANZA_LEAST_AGE": "20"}, "AVANZA_LEAST_AGE"),
        ({"AVANZA_LEAST_AGE": "-1"}, "AVANZA_LEAST_AGE"),
        ({"AVANZA_LEAST_AGE": "121"}, "AVANZA_LEAST_AGE"),
        ({"AVANZA_QUIET_HOURS": "20:00-20:00"}, "AVANZA_QUIET_HOURS"),
        ({"AVANZA_QUIET_HOURS": "00:00-23:59"}, "AVANZA_QUIET_HOURS"),
        ({"AVANZA_QUIET_HOURS": "09:00-08:30"}, "AVANZA_QUIET_HOURS"),
        ({"AVANZA_QUIET_HOURS": "20-9"}, "AVANZA_QUIET_HOURS"),
        ({"AVANZA_QUIET_HOURS": "20:00+01:00-09:00"}, "AVANZA_QUIET_HOURS"),
        ({"AVANZA_QUIET_HOURS": "24:00-09:00"}, "AVANZA_QUIET_HOURS"),
        ({"AVANZA_WEBHOOK_PORT": "0"}, "AVANZA_WEBHOOK_PORT"),
        ({"AVANZA_WEBHOOK_PORT": "65536"}, "AVANZA_WEBHOOK_PORT"),
        ({"AVANZA_WEBHOOK_PORT": "9" * 5000}, "AVANZA_WEBHOOK_PORT"),
        ({"AVANZA_WEBHOOK_PORT": "8001"}, "AVANZA_CONSOLE_PORT"),
        ({"AVANZA_CONSOLE_PORT": "8002"}, "AVANZA_SIMULATOR_PORT"),
        ({"AVANZA_SECRET_KEY": "abc"}, "AVANZA_SECRET_KEY"),
        ({"AVANZA_SECRET_KEY": base64.b64encode(bytes(31)).decode()}, "AVANZA_SECRET_KEY"),
        ({"AVANZA_SECRET_KEY": base64.b64encode(bytes(33)).decode()}, "AVANZA_SECRET_KEY"),
        ({"AVANZA_SECRET_KEY": "ñ" * 44}, "AVANZA_SECRET_KEY"),
        ({"AVANZA_DATABASE_URL": "mysql://a/b"}, "AVANZA_DATABASE_URL"),
        ({"AVANZA_DATABASE_URL": "postgresql://"}, "AVANZA_DATABASE_URL"),
        ({"AVANZA_DATABASE_URL": "postgresql://u:p@h:x/d"}, "AVANZA_DATABASE_URL"),
        ({"AVANZA_DATABASE_URL": "postgresql://u:p@h/d?nosuch=1"}, "AVANZA_DATABASE_URL"),
        ({"AVANZA_DATABASE_URL": "postgresql://u:p@h,g:x/d"}, "AVANZA_DATABASE_URL"),
        ({"AVANZA_DATABASE_URL": "postgresql:///d?host=h,g,f&port=1,2"}, "AVANZA_DATABASE_URL"),
        ({"AVANZA_DATABASE_URL": "postgresql://h/d?connect_timeout=x"}, "AVANZA_DATABASE_URL"),
        ({"AVANZA_DATABASE_URL": "postgresql:///d?host=/run/x&connect_timeout=x"}, "AVANZA_DATABASE_URL"),
        ({"TWILIO_ACCOUNT_SID": "SK" + "0" * 32}, "TWILIO_ACCOUNT_SID"),
        ({"TWILIO_ACCOUNT_SID": "0" * 32}, "TWILIO_ACCOUNT_SID"),
        ({"TWILIO_AUTH_TOKEN": "a b"}, "TWILIO_AUTH_TOKEN"),
        ({"TWILIO_MESSAGING_SERVICE_SID": "AC" + "0" * 32}, "TWILIO_MESSAGING_SERVICE_SID"),
    ],
)
def test_what_could_not_work_is_refused(tmp_path: Path, changes: dict[str, str], named: str) -> None:
    """Each line names the setting to mend."""
    assert named in refusal(tmp_path, **changes)


def test_no_guardian_is_ever_needed(tmp_path: Path) -> None:
    """0 means never."""
    assert loaded(tmp_path, AVANZA_GUARDIAN_UNDER="0").guardian_under == 0


def test_quiet_hours(tmp_path: Path) -> None:
    """They may cross midnight; there and empty means none, unset means the usual."""
    assert loaded(tmp_path, AVANZA_QUIET_HOURS=" ").quiet_hours is None
    quiet = loaded(tmp_path, AVANZA_QUIET_HOURS="21:30 - 8:15").quiet_hours
    assert quiet is not None
    assert (quiet.start, quiet.end) == (time(21, 30), time(8, 15))
    env = environment(tmp_path)
    del env["AVANZA_QUIET_HOURS"]
    usual = load_settings(env).quiet_hours
    assert usual is not None
    assert usual.start == time(20)


@pytest.mark.parametrize("hidden", ["\0", "\x1b", "\u200b", "\ufeff", "\u202e", "a\nb", "\x7f", "\udc80"])
@pytest.mark.parametrize("name", [*NAMES, "AVANZA_VAR"])
def test_what_cannot_be_seen_is_refused(tmp_path: Path, name: str, hidden: str) -> None:
    """NUL, control and zero-width characters come with what is pasted; the line names the setting."""
    value = environment(tmp_path).get(name, "x")
    assert name in refusal(tmp_path, **{name: f"{value[:1]}{hidden}{value[1:]}"})


def test_all_that_is_wrong_is_found_at_once(tmp_path: Path) -> None:
    """`doctor` names them all, and what is right is there to be looked at."""
    env = {"AVANZA_VAR": str(tmp_path), "AVANZA_TIMEZONE": "Mexico", "AVANZA_WEBHOOK_PORT": "x"}
    found, wrong = examine(env)
    for name in ("AVANZA_TIMEZONE", "AVANZA_WEBHOOK_PORT", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN",
                 "TWILIO_WHATSAPP_FROM"):  # fmt: skip
        assert sum(name in line for line in wrong) == 1, name
    assert found["var"] == tmp_path
    assert "timezone" not in found
    assert not list(tmp_path.iterdir()), "looking makes nothing"


def test_twilio_only_where_it_is_needed(tmp_path: Path) -> None:
    """`staff`, `import` and `migrate` work without an account; who asks for it is told what is missing."""
    env = {"AVANZA_VAR": str(tmp_path)}
    settings = load_settings(env, twilio=False)
    with pytest.raises(SettingsError, match="TWILIO_ACCOUNT_SID"):
        _ = settings.twilio
    with pytest.raises(SettingsError, match="TWILIO_ACCOUNT_SID"):
        load_settings(env)


def test_the_key_is_made_once(tmp_path: Path) -> None:
    """The first start makes it and says so; who must not make one is told that it is missing."""
    env = environment(tmp_path)
    del env["AVANZA_SECRET_KEY"]
    with pytest.raises(SettingsError, match="AVANZA_SECRET_KEY"):
        load_settings(env, new_key=False)
    first, second = load_settings(env), load_settings(env)
    assert first.secret_key == second.secret_key
    assert (first.key_is_new, second.key_is_new) == (True, False)
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    for broken in (b"", b"\xff\xfe", b"abc"):
        (tmp_path / "secret-key").write_bytes(broken)
        with pytest.raises(SettingsError, match="secret-key"):
            load_settings(env)


def test_secrets_stay_out_of_a_representation(tmp_path: Path) -> None:
    settings = loaded(tmp_path, AVANZA_DATABASE_URL="postgresql://u:geheim@h/d")
    shown = repr(settings)
    for secret in ("geheim", environment(tmp_path)["TWILIO_AUTH_TOKEN"], repr(settings.secret_key)):
        assert secret not in shown


HEADS = ("http://", "https://", "postgresql://", "whatsapp:+", "America/", "AC", "MG", "20:00-")
SHAPED = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["http://", "https://", "postgresql://", "whatsapp:+", "America/", "AC", "MG", "20:00-"]
    ).flatmap(lambda head: st.text(max_size=40).map(lambda tail: head + tail)),
    st.from_regex(r"\A-?[0-9]{0,25}(,[0-9]{0,25}){0,4}\Z"),
    st.from_regex(r"\Ahttps?://[\[\]a-z0-9.:@/?#%-]{0,40}\Z"),
)


@limits(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(NAMES), SHAPED, max_size=6))
@example({"AVANZA_PUBLIC_URL": "http://[::1]x"})
@example({"AVANZA_PUBLIC_URL": "https://\u2100.mx"})
@example({"AVANZA_DATABASE_URL": "postgresql://[/"})
@example({"AVANZA_DATABASE_URL": "postgresql://h:5432,g:5432/d"})
@example({"AVANZA_TIMEZONE": "\ud800"})
def test_any_text_is_settings_or_one_line(tmp_path: Path, changes: dict[str, str]) -> None:
    """Whatever stands in the environment: settings that keep their rules, or a SettingsError of one line."""
    try:
        made = loaded(tmp_path, **changes)
    except SettingsError as error:
        line = str(error)
        assert any(name in line for name in changes)
        assert "\n" not in line
        return
    assert made.public_url.startswith(("http://", "https://"))
    assert not made.public_url.endswith("/")
    assert all(1 <= one <= 43_200 for one in made.reminder_offsets)
    assert made.twilio.whatsapp_from.startswith("whatsapp:+")
    assert made.guardian_under == 0 or made.guardian_under >= made.least_age
    assert datetime(2027, 1, 1, tzinfo=UTC).astimezone(made.timezone)


@limits(max_examples=100, deadline=None)
@given(value=st.text(st.characters(exclude_characters="\0"), max_size=40))
def test_any_folder_is_settings_or_one_line(value: str) -> None:
    """A folder that can't be used is one line too; nothing is made while settings are only looked at."""
    found, wrong = examine({"AVANZA_VAR": value}, twilio=False)
    assert "var" in found or any("AVANZA_VAR" in line for line in wrong)


@pytest.fixture
def old_zones(tmp_path: Path) -> Iterator[Path]:
    """A system whose zone files are from before October 2022: Mexico turns its clocks in summer."""
    paths = zoneinfo.TZPATH
    folder = tmp_path / "zoneinfo"
    (folder / "America").mkdir(parents=True)
    (folder / "America" / "Mexico_City").write_bytes(_rules_of_2021())
    zoneinfo.reset_tzpath(to=[str(folder)])
    zoneinfo.ZoneInfo.clear_cache()
    zones.prefer_newest.cache_clear()
    zones._names.cache_clear()
    yield folder
    zoneinfo.reset_tzpath(to=paths)
    zoneinfo.ZoneInfo.clear_cache()
    zones.prefer_newest.cache_clear()
    zones._names.cache_clear()


def _rules_of_2021() -> bytes:
    """The least zone file (RFC 8536) with the rule that Mexico gave up."""
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    head = b"TZif2" + bytes(15) + counts
    body = struct.pack(">lbb", -6 * 3600, 0, 0) + b"CST\0"
    return head + body + head + body + b"\nCST6CDT,M4.1.0,M10.5.0\n"


def offset_in_summer(zone: Any) -> timedelta | None:
    return datetime(2027, 7, 1, 12, tzinfo=zone).utcoffset()


@pytest.mark.parametrize("version", [None, "# version 2021a\n", "# version 2099z\n", "\xff"])
def test_old_zone_files_of_the_system_are_put_aside(
    old_zones: Path, tmp_path: Path, version: str | None
) -> None:
    """Mexico has no daylight saving time since October 2022: a session at 12:00 is at 18:00 UTC in July."""
    if version is not None:
        (old_zones / "tzdata.zi").write_text(version, encoding="latin-1")
    assert offset_in_summer(zoneinfo.ZoneInfo("America/Mexico_City")) == timedelta(hours=-5)
    zoneinfo.ZoneInfo.clear_cache()
    settings = loaded(tmp_path)
    assert offset_in_summer(settings.timezone) == timedelta(hours=-6)
    assert zones.prefer_newest() is not None


def test_newer_zone_files_of_the_system_win(old_zones: Path) -> None:
    """A system that is kept up to date may know a change before the product does."""
    right = resources.files("tzdata").joinpath("zoneinfo", "America", "Mexico_City").read_bytes()
    (old_zones / "America" / "Mexico_City").write_bytes(right)
    (old_zones / "tzdata.zi").write_text("# version 2099z\n")
    assert zones.prefer_newest() is None
    assert (str(old_zones),) == zoneinfo.TZPATH
