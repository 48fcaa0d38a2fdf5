"""Events: what has changed. Self-sufficient (evolve needs no definition), small, without personal data."""

from typing import Any, Final

import msgspec


class Event(msgspec.Struct, frozen=True):
    """One fact in a case's journal. `data` is JSON-ready; `version` is that of the event type."""

    type: str
    data: dict[str, Any]
    version: int = 1


# type: (what it says in Indonesian, in English); the journal's vocabulary and the words of the history page.
# Braces are filled with values from the event's data, step and stage names in the reader's language.
SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "case_opened": ("Berkas dibuka", "Case opened"),
    "stage_entered": ("Masuk tahap {stage}", "Entered stage {stage}"),
    "stage_finished": ("Tahap {stage} selesai", "Stage {stage} finished"),
    "stage_left": ("Keluar dari tahap {stage}: {reason}", "Left stage {stage}: {reason}"),
    "stage_skipped": ("Tahap {stage} dilewati berdasarkan bukti", "Stage {stage} skipped on evidence"),
    "step_started": ("{step} dimulai", "{step} started"),
    "step_ended": ("{step} selesai: {outcome}", "{step} ended: {outcome}"),
    "step_cancelled": ("{step} dibatalkan", "{step} cancelled"),
    "decided": ("Ditentukan: {step}", "Decided: {step}"),
    "branches_opened": ("Berjalan sejajar: {branches}", "Side by side: {branches}"),
    "branch_arrived": ("Cabang {branch} menunggu cabang lain", "Branch {branch} waits for the others"),
    "branches_left": ("Cabang-cabang ditinggalkan", "The branches were left"),
    "branches_joined": ("Semua cabang bertemu", "The branches joined"),
    "task_claimed": ("{step} diambil", "{step} claimed"),
    "task_released": ("{step} dikembalikan ke antrean", "{step} released to the queue"),
    "task_returned": ("{step} kembali ke antrean: lama tidak dikerjakan", "{step} went back to the queue: left alone for long"),
    "task_assigned": ("{step} ditugaskan", "{step} assigned"),
    "task_completed": ("{step} diselesaikan: {outcome}", "{step} completed: {outcome}"),
    "completion_undone": ("{step}: penyelesaian diurungkan", "{step}: the completion was undone"),
    "task_cancelled": ("Tugas {step} dibatalkan", "Task {step} cancelled"),
    "handoff_ordered": ("Rujukan disiapkan untuk {office}: {message}", "Hand-off queued for {office}: {message}"),
    "handoff_readdressed": ("Rujukan dialihkan ke {office}: {message}", "Hand-off readdressed to {office}: {message}"),
    "handoff_resent": ("Rujukan dikirim ulang: {message}", "Hand-off sent again: {message}"),
    "handoff_sent": ("Rujukan terkirim: {message}", "Hand-off sent: {message}"),
    "handoff_acknowledged": ("Rujukan diterima mitra: {message}", "Partner acknowledged: {message}"),
    "handoff_answered": ("Jawaban mitra disimpan: {outcome}", "Partner's answer kept: {outcome}"),
    "handoff_completed": ("Mitra menjawab: {outcome}", "Partner answered: {outcome}"),
    "handoff_returned": ("Dikembalikan mitra untuk dilengkapi", "Returned by the partner"),
    "handoff_rejected": ("Ditolak mitra", "Rejected by the partner"),
    "handoff_expired": ("Mitra tidak menjawab sampai tenggat", "No answer before the deadline"),
    "handoff_cancelled": ("Rujukan dibatalkan: {message}", "Hand-off cancelled: {message}"),
    "deadline_warned": ("Tenggat {step} mendekat", "Deadline of {step} is near"),
    "deadline_passed": ("Tenggat {step} terlewati", "Deadline of {step} passed"),
    "deadline_changed": ("Tenggat {step} berubah", "Deadline of {step} changed"),
    "event_received": ("Diterima: {name}", "Received: {name}"),
    "fact_recorded": ("Keterangan dicatat", "Facts recorded"),
    "data_corrected": ("Data diperbaiki: {fields}", "Data corrected: {fields}"),
    "district_moved": ("Pindah kecamatan", "Moved to another district"),
    "case_held": ("Ditunda", "Put on hold"),
    "case_resumed": ("Dilanjutkan", "Resumed"),
    "case_withdrawn": ("Mengundurkan diri", "Withdrawn"),
    "case_finished": ("Berkas selesai: {reason}", "Case finished: {reason}"),
    "case_lapsed": ("Berkas gugur: {reason}", "Case lapsed: {reason}"),
    "case_rejected": ("Berkas ditolak: {reason}", "Case rejected: {reason}"),
    "case_merged": ("Orang yang sama: digabungkan ke berkas {reason}", "The same person: merged into case {reason}"),
    "double_merged": ("Berkas {number} orang yang sama, digabungkan ke sini", "Case {number} is the same person, merged into this one"),
    "registered_again": ("Mendaftar lagi dengan nomor {number}", "Registered again under number {number}"),
    "case_reopened": ("Dibuka kembali", "Reopened"),
    "incident_raised": ("Gangguan: {cause}", "Incident: {cause}"),
    "incident_resolved": ("Gangguan selesai", "Incident resolved"),
}

# Why a stage was left or a case ended, where the engine and not the programme says so.
REASON_WORDS: Final[dict[str, tuple[str, str]]] = {
    "merged": ("digabungkan ke berkas lain", "merged into another case"),
    "withdrawn": ("mengundurkan diri", "withdrawn"),
    "lapsed": ("gugur", "lapsed"),
    "rejected": ("ditolak", "rejected"),
    "completed": ("semua tahap selesai", "all stages completed"),
    "moved": ("pindah kecamatan", "moved to another district"),
    "loop": ("kembali ke tahap sebelumnya", "back to an earlier stage"),
}
