"""The names of the months as people write them, in Indonesian and English, in full and shortened."""

FULL = {
    "januari": 1, "january": 1, "februari": 2, "pebruari": 2, "february": 2, "maret": 3, "march": 3, "april": 4, "mei": 5, "may": 5,
    "juni": 6, "june": 6, "juli": 7, "july": 7, "agustus": 8, "august": 8, "september": 9, "oktober": 10, "october": 10,
    "november": 11, "nopember": 11, "desember": 12, "december": 12,
}  # fmt: skip
SHORT = {"mrt": 3, "ags": 8, "agt": 8, "sept": 9, "nop": 11, "okto": 10, "dst": 12}
