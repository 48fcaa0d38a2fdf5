"""Who is behind a request and what they may do: roles × actions as one table, narrowed by stages and areas."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from models.errors import NotAllowed
from models.language import BOTH


class Role(StrEnum):
    """The roles of the programme's people and machines."""

    STAGE_OWNER = "stage_owner"
    MENTOR = "mentor"
    DESK = "desk"
    PARTNER = "partner"
    PROGRAMME_MANAGER = "programme_manager"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    SERVICE = "service"


Action = Literal[
    "read_task",
    "work_task",
    "claim_own_queue",
    "assign_task",
    "read_case",
    "command_case",
    "correct_data",
    "correct_nik",
    "add_document",
    "register",
    "read_imports",
    "import",
    "read_figures",
    "freeze_figures",
    "read_runs",
    "manage_runs",
    "read_incidents",
    "manage_incidents",
    "manage_users",
    "publish_definition",
    "read_journal",
    "reveal_personal_data",
    "answer_handoff",
]

# Read each row aloud: "a stage owner may …". Everything is narrowed by the grant's stages and areas.
PERMISSIONS: Final[dict[Role, frozenset[Action]]] = {
    Role.STAGE_OWNER: frozenset(
        {
            "read_task",
            "work_task",
            "read_case",
            "command_case",
            "correct_data",
            "add_document",
            "read_figures",
            "read_incidents",
            "manage_incidents",
            "reveal_personal_data",
        }
    ),
    Role.MENTOR: frozenset({"read_figures", "claim_own_queue"}),
    Role.DESK: frozenset({"register", "read_case", "correct_data", "correct_nik", "add_document"}),
    Role.PARTNER: frozenset({"answer_handoff"}),
    Role.PROGRAMME_MANAGER: frozenset(
        {
            "read_task",
            "read_imports",
            "read_runs",
            "read_incidents",
            "work_task",
            "assign_task",
            "read_case",
            "command_case",
            "correct_data",
            "add_document",
            "register",
            "import",
            "read_figures",
            "freeze_figures",
            "manage_runs",
            "manage_incidents",
            "read_journal",
            "reveal_personal_data",
        }
    ),
    Role.LEADER: frozenset({"read_figures"}),
    Role.ADMINISTRATOR: frozenset(
        {
            "read_task",
            "read_imports",
            "read_runs",
            "read_incidents",
            "read_case",
            "read_figures",
            "read_journal",
            "correct_data",
            "correct_nik",
            "manage_runs",
            "manage_incidents",
            "manage_users",
            "import",
            "register",
            "publish_definition",
        }
    ),
    Role.AUDITOR: frozenset({"read_task", "read_case", "read_imports", "read_figures", "read_runs", "read_incidents", "read_journal"}),
    Role.SERVICE: frozenset(
        {
            "read_task",
            "read_imports",
            "read_incidents",
            "work_task",
            "read_case",
            "command_case",
            "correct_data",
            "add_document",
            "register",
            "import",
            "read_figures",
            "manage_incidents",
            "read_journal",
        }
    ),
}


# "Anda tidak berhak … / you may not …"
ACTS: Final[dict[Action, tuple[str, str]]] = {
    "work_task": ("mengerjakan tugas", "work on tasks"),
    "read_task": ("membaca tugas", "read tasks"),
    "read_runs": ("membaca proses", "read runs"),
    "read_incidents": ("membaca gangguan", "read incidents"),
    "read_imports": ("membaca impor", "read imports"),
    "claim_own_queue": ("mengambil tugas", "claim tasks"),
    "assign_task": ("membagikan tugas", "assign tasks"),
    "read_case": ("membaca berkas", "read cases"),
    "command_case": ("mengubah jalannya berkas", "change the course of cases"),
    "correct_data": ("memperbaiki data peserta", "correct the data of participants"),
    "add_document": ("menambah dokumen dan komentar", "add documents and comments"),
    "correct_nik": ("memperbaiki NIK", "correct a NIK"),
    "register": ("mendaftarkan peserta", "register participants"),
    "import": ("mengimpor daftar", "import lists"),
    "read_figures": ("membaca angka program", "read the programme's figures"),
    "freeze_figures": ("membekukan pembaruan pekanan", "freeze weekly updates"),
    "manage_runs": ("mengelola proses", "manage runs"),
    "manage_incidents": ("menangani gangguan", "handle incidents"),
    "manage_users": ("mengelola akun", "manage accounts"),
    "publish_definition": ("menerbitkan definisi", "publish definitions"),
    "read_journal": ("membaca riwayat lengkap", "read the journal"),
    "reveal_personal_data": ("membuka data pribadi", "reveal personal data"),
    "answer_handoff": ("menjawab rujukan", "answer hand-offs"),
}


def refusal(action: Action, stage: str | None, district: str | None) -> str:
    """What somebody may not do, and where, in both languages: the stage by its number, an area without its code."""
    indonesian, english = ACTS[action]
    number = f" {stage.upper()}" if stage else ""
    if district:
        where = (f" tahap{number} di wilayah ini", f" of stage{number} in this area") if stage else (" di wilayah ini", " in this area")
    else:
        where = (f" tahap{number}", f" of stage{number}") if stage else ("", "")
    return f"Anda tidak berhak {indonesian}{where[0]} / you may not {english}{where[1]}"


def covers(area: str, code: str) -> bool:
    """Whether an area is, or contains, the place with that code ("31.71" covers "31.71.01")."""
    return code == area or code.startswith(area + ".")


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, for some stages (none named: all) and some areas (none named: all)."""

    role: Role
    stages: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()

    def reaches(self, stage: str | None, district: str | None) -> bool:
        """Whether the grant holds for a stage and a district; None stands for "somewhere"."""
        return (not self.stages or stage is None or stage in self.stages) and (
            not self.areas or district is None or any(covers(area, district) for area in self.areas)
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, token or machine that asks for something."""

    id: str
    name: str
    kind: Literal["user", "token", "machine", "participant", "partner"]
    grants: tuple[Grant, ...] = ()
    channel: Literal["public", "desk", "import", "api", "partner", "machine"] = "desk"
    on_behalf_of: str | None = None
    locale: str = "id"

    @property
    def reads(self) -> str:
        """The language of messages to this actor: a person's own; both for machines, which hand them on to people."""
        return self.locale if self.kind in ("user", "participant") else BOTH

    def has_role(self, *roles: str) -> bool:
        """Whether the actor has one of the roles."""
        return any(grant.role in roles for grant in self.grants)

    def grants_for(self, action: Action) -> Iterator[Grant]:
        """The grants that permit an action somewhere."""
        return (grant for grant in self.grants if action in PERMISSIONS[grant.role])

    def may(self, action: Action, *, stage: str | None = None, district: str | None = None) -> bool:
        """Whether the actor may do this, for a stage and district when given. The machine may do everything, anybody register."""
        if self.kind == "participant":
            return action == "register"
        return self.kind == "machine" or any(grant.reaches(stage, district) for grant in self.grants_for(action))

    def may_work(self, stage: str | None, district: str) -> bool:
        """Whether the actor may work tasks of a stage in a district."""
        return self.may("work_task", stage=stage, district=district)

    def may_read(self, stage: str | None, district: str) -> bool:
        """Whether the actor may read a case that stands there."""
        return self.may("read_case", stage=stage, district=district)

    def require(self, action: Action, *, stage: str | None = None, district: str | None = None) -> None:
        """Raise NotAllowed unless the actor may do this."""
        if not self.may(action, stage=stage, district=district):
            raise NotAllowed(refusal(action, stage, district))


VISITOR: Final = Actor(id="visitor", name="", kind="participant", channel="public")
MACHINE: Final = Actor(id="machine", name="Langkah", kind="machine", channel="machine")
