"""Invented registrants: names, numbers and businesses by chance, the same for the same seed."""

import random
from datetime import date, timedelta
from typing import Any

from models.definitions.definition import Definition
from models.services.participants import Person

WOMEN = ("Siti Nur Dewi Rina Wati Yuni Lestari Ayu Fitri Ratna Maya Indah Sari Tuti Endang Sri Nina Lina Ida Kartika").split()
MEN = "Ahmad Budi Agus Dedi Eko Hadi Irfan Joko Muhammad Rudi Slamet Tono Wahyu Yusuf Zaenal Bambang Arif Fajar".split()
FAMILY = (
    "Santoso Wijaya Hidayat Pratama Saputra Lestari Wulandari Rahmawati Susanti Kurniawan Setiawan Nugroho Permana Siregar"
    " Nasution Hasanah Maulana Firmansyah Utami Handayani Suryani Puspita Anggraini Mulyadi Gunawan Suharti"
).split()
BUSINESSES = (
    "Keripik pisang|Warung nasi|Kue kering|Katering|Jahit|Sablon kaos|Salon|Laundry|Minuman herbal|Warung sembako"
    "|Batik Betawi|Kerajinan tangan|Bengkel motor|Konter pulsa|Olahan ikan|Hijab dan busana"
).split("|")
ELSEWHERE = ["3201", "3275", "3374", "3578", "1271", "3204", "3329"]


class People:
    """Makes registrants of a programme's districts."""

    def __init__(self, definition: Definition, seed: int = 2018) -> None:
        self._chance = random.Random(seed)
        self._areas = definition.areas
        self._districts = definition.areas.districts()
        weights = [self._chance.uniform(0.5, 2.0) for _ in self._districts]
        self._weights = [w * (0.3 if d.code.startswith("31.01") else 1) for w, d in zip(weights, self._districts, strict=True)]
        self._serial = 0

    def make(self, day: date, district: str | None = None) -> tuple[Person, dict[str, Any]]:
        """One registrant of a day with the harmless facts of the form."""
        chance = self._chance
        self._serial += 1
        place = district or chance.choices(self._districts, self._weights)[0].code
        woman = chance.random() < 0.58
        birth = day - timedelta(days=int(chance.triangular(18, 62, 36) * 365.25))
        if chance.random() < 0.008:
            birth = day - timedelta(days=int(365.25 * 16))
        prefix = place.replace(".", "") if chance.random() < 0.8 else chance.choice(ELSEWHERE) + f"{chance.randint(1, 20):02d}"
        stated_woman = woman if chance.random() > 0.012 else not woman
        nik_day = birth.day + (40 if woman else 0)
        months = chance.choice([0, 0, 2, 3, 6, 8, 12, 18, 24, 36, 60, 120])
        has_phone = chance.random() > 0.02
        person = Person(
            nik=f"{prefix}{nik_day:02d}{birth:%m%y}{self._serial % 9999 + 1:04d}",
            name=f"{chance.choice(WOMEN if woman else MEN)} {chance.choice(FAMILY)}",
            district=place,
            village=chance.choice(self._areas.villages(place)).code,
            sex="P" if stated_woman else "L",
            birth_place=chance.choice(["Jakarta", "Bogor", "Tegal", "Solo", "Medan", "Padang", "Garut"]),
            birth_date=birth,
            phone=f"+62812000{self._serial:05d}" if has_phone else None,
            address=f"Jl. {chance.choice(['Melati', 'Kenanga', 'Mawar', 'Masjid', 'Swadaya'])} No. {chance.randint(1, 99)}",
            rt=f"{chance.randint(1, 16):03d}",
            rw=f"{chance.randint(1, 12):03d}",
            business_type=chance.choice(BUSINESSES),
        )
        facts = {
            "registered_on": day.isoformat(),
            "has_phone": has_phone,
            "business_months": months,
            "monthly_turnover": chance.choice([500_000, 1_000_000, 1_500_000, 2_500_000, 4_500_000, 7_500_000, 12_000_000]),
        }
        return person, facts


def per_day(total: int, first: date, last: date, working: Any) -> dict[date, int]:
    """How many register on each day: more towards the end, few at weekends and on holidays; the sum is `total`."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    weights = [(1 + 2.2 * n / len(days)) * (1.0 if working(day) else 0.08) for n, day in enumerate(days)]
    weights[-1] *= 0.35
    shares = [total * w / sum(weights) for w in weights]
    counts = [int(s) for s in shares]
    for place in sorted(range(len(days)), key=lambda n: counts[n] - shares[n])[: total - sum(counts)]:
        counts[place] += 1
    return dict(zip(days, counts, strict=True))
