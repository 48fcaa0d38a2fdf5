"""What people read of numbers: grouped their way, whatever the number."""

import pytest

from ui.formatters import fact, number, rupiah


@pytest.mark.parametrize(
    ("value", "shown"),
    [(4230, "4.230"), (-5, "-5"), (2.5, "2,5"), (0.33333, "0,333"), (10**26, "100" + ".000" * 8), (10**40, "10" + ".000" * 13)],
)
def test_any_number_is_shown(value, shown):
    assert number(value, "id") == shown


@pytest.mark.parametrize("value", [1e300, float("inf"), float("nan")])
def test_a_number_that_is_out_of_bounds_breaks_no_page(value):
    assert number(value, "en")


def test_money_and_facts_are_grouped_too():
    assert rupiah(2_500_000, "id") == "Rp 2.500.000"
    assert fact(10**30, "en") == "1" + ",000" * 10
