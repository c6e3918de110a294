"""A sample programme for trying things out: five axes, twelve groups, 300 invented women.

Names are drawn from common given names and surnames with a fixed seed; numbers come from a range
that no operator gives out. Nobody here exists.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from models import Group, Session, Woman, Workshop
from outreach.people import consent, conversations, registry
from outreach.people.registry import Details
from outreach.programme import enrolment
from outreach.start import demo_achieved, demo_office, demo_supports

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as Database

    from outreach.ground.settings import Settings
    from outreach.sealing.crypto import PersonalKey

WOMEN = 300
# Each is taught in the groups that follow: municipality, place, capacity, latitude, longitude.
WORKSHOPS = {
    ("huerto", "Huerto en casa", "food"): [
        ("14039", "Casa de la Cultura Oblatos", 25, 20.69, -103.30),
        ("14101", "Centro Comunitario Loma Dorada", 20, 20.63, -103.24),
        ("14098", "DIF Las Juntas", 25, 20.61, -103.32),
    ],
    ("conservas", "Conservas y panadería", "production"): [
        ("14120", "Colmena Miramar", 20, 20.64, -103.44),
        ("14023", "Casa de la Cultura", 18, 19.70, -103.46),
    ],
    ("costura", "Corte y costura", "occupation"): [
        ("14039", "Centro Comunitario Polanco", 22, 20.64, -103.37),
        ("14097", "Centro Multidisciplinario El Valle", 30, 20.49, -103.34),
        ("14120", "Colmena San Juan de Ocotán", 20, 20.71, -103.45),
    ],
    ("bienestar", "Salud y bienestar", "health"): [
        ("14101", "DIF Tonalá Centro", 25, 20.62, -103.23),
        ("14097", "Casa Comunitaria Chulavista", 25, 20.52, -103.42),
    ],
    ("empleo", "Buscar y conservar empleo", "employment"): [
        ("14098", "Centro Cultural El Refugio", 25, 20.64, -103.31),
        ("14039", "Biblioteca del barrio", 3, 20.67, -103.35),
    ],
}
GIVEN = (
    "María Guadalupe", "Rosa", "Martha", "Alejandra", "Verónica", "Yolanda", "Leticia", "Juana", "Elena",
    "Silvia", "Patricia", "Ana", "Lucía", "Teresa", "Carmen", "Gabriela", "Adriana", "Claudia", "Norma",
    "Beatriz", "Irma", "Maricela", "Esperanza", "Luz", "Araceli",
)  # fmt: skip
SURNAMES = (
    "García", "Hernández", "López", "González", "Ramírez", "Flores", "Gómez", "Torres", "Vázquez", "Reyes",
    "Morales", "Jiménez", "Ruiz", "Álvarez", "Castillo", "Romero", "Ortiz", "Rubio", "Chávez", "Núñez",
)  # fmt: skip
SESSIONS_EACH, DAYS_BETWEEN = 5, 15


def load(db: Database, key: PersonalKey, settings: Settings, now: datetime) -> bool:
    """Add the sample programme to an empty database; False where there is one already."""
    if db.scalar(select(func.count()).select_from(Group)):
        return False
    chance = random.Random(2026)  # noqa: S311 (invented people, not secrets)
    groups = _programme(db, settings, now)
    women: list[Woman] = []
    for number in range(WOMEN):
        group = chance.choice(groups)
        details = Details(
            full_name=f"{chance.choice(GIVEN)} {chance.choice(SURNAMES)} {chance.choice(SURNAMES)}",
            birth_date=date(chance.randint(1950, 2007), chance.randint(1, 12), 15).isoformat(),
            children=str(chance.randint(0, 5)),
        )
        details.preferred_name = details.full_name.split()[0]
        woman = registry.add_woman(
            db, key, details, municipality=group.municipality, axis=group.workshop.axis
        )
        women.append(woman)
        registry.link_phone(db, key, woman, f"330000{number:04d}")
        conversation = conversations.of_woman(db, woman.id)
        if conversation is None:
            raise RuntimeError("a sample woman has no conversation")
        # They have written before and said yes, so that reminders and campaigns reach them.
        consent.record(db, conversation.id, consent.PRIVACY, given=True, message_sid=f"SMdemo{number:04d}")
        if chance.random() < 0.7:  # noqa: PLR2004 (some women have no seat yet)
            enrolment.enrol(db, woman, group.id)
    db.flush()
    demo_supports.load(db, key, settings, now)
    demo_achieved.load(db, key, settings, now)
    demo_office.load(db, key, settings, women, now)
    return True


def _programme(db: Database, settings: Settings, now: datetime) -> list[Group]:
    groups: list[Group] = []
    today = now.astimezone(settings.timezone).replace(hour=10, minute=0, second=0, microsecond=0)
    for (code, name, axis), places in WORKSHOPS.items():
        workshop = Workshop(code=code, name=name, axis=axis)
        db.add(workshop)
        db.flush()
        for number, (municipality, place, capacity, latitude, longitude) in enumerate(places, start=1):
            group = Group(
                code=f"{code}-{number}",
                workshop_id=workshop.id,
                municipality=municipality,
                place=place,
                capacity=capacity,
                latitude=latitude,
                longitude=longitude,
            )
            db.add(group)
            db.flush()
            first = today + timedelta(days=1 + len(groups) % 4, hours=len(groups) % 3 * 3)
            for meeting in range(SESSIONS_EACH):
                db.add(
                    Session(
                        code=f"{group.code}-{meeting + 1}",
                        group_id=group.id,
                        starts_at=first + timedelta(days=meeting * DAYS_BETWEEN),
                    )
                )
            groups.append(group)
    db.flush()
    return groups
