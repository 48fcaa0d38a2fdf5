"""A run of Prefect's whose call has ended is known, whatever ran or began while the runs were read."""

from flows.turns import over_by_now, turn


def test_only_a_call_that_had_ended_before_the_question_is_over():
    with turn() as ended:
        pass
    with turn() as running:
        over = over_by_now()
        with turn() as later:
            pass
    assert over({"langkah", ended})
    assert not over({running}), "it ran when the runs were read, so Prefect may have shown it rightly"
    assert not over({later})
    assert not over({"langkah", "worker:x"})
