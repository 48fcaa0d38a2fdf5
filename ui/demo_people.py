"""The logins of the demo: one for each role, shown on its login page."""

from dataclasses import dataclass

from models.services.actor import Grant, Role

PASSWORD = "langkah-demo"


@dataclass(frozen=True, slots=True)
class Login:
    """One invented member of staff."""

    email: str
    name: str
    title: str
    grant: Grant


def _login(email: str, name: str, title: str, role: Role, stages: str = "", areas: str = "") -> Login:
    grant = Grant(role, frozenset(stages.split()), frozenset(areas.split()))
    return Login(f"{email}@demo.langkah.test", name, title, grant)


LOGINS = (
    _login("manajer", "Ratna Dewi", "Manajer program", Role.PROGRAMME_MANAGER),
    _login("pendaftaran", "Budi Santoso", "Petugas pendaftaran", Role.STAGE_OWNER, "p1"),
    _login("kelas", "Wati Lestari", "Petugas kelas · Jakarta Timur", Role.STAGE_OWNER, "p2", "31.75"),
    _login("perizinan", "Sari Wulandari", "Petugas perizinan · Jakarta Timur", Role.STAGE_OWNER, "p4", "31.75"),
    _login("pemasaran", "Dimas Prakoso", "Petugas pemasaran", Role.STAGE_OWNER, "p5"),
    _login("pelaporan", "Lina Marlina", "Petugas pelaporan", Role.STAGE_OWNER, "p6"),
    _login("permodalan", "Agus Salim", "Petugas permodalan", Role.STAGE_OWNER, "p7"),
    _login("pendamping", "Yuni Astuti", "Pendamping · Jatinegara", Role.MENTOR, "", "31.75.03"),
    _login("pendaftar", "Hasan Basri", "Loket kecamatan · Gambir", Role.DESK, "", "31.71.01"),
    _login("pimpinan", "Irwan Hidayat", "Pimpinan", Role.LEADER),
    _login("admin", "Maya Sari", "Administrator", Role.ADMINISTRATOR),
    _login("auditor", "Tono Wijaya", "Auditor", Role.AUDITOR),
)
