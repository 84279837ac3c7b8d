from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.apart import Sample, alternately, typical
from benchmarks.figures import Figure, Target, at_least, at_most, exponent, middle, ratio


@pytest.mark.parametrize(("values", "expected"), [([3.0], 3.0), ([9.0, 1.0, 2.0], 2.0), ([1.0, 2.0, 3.0, 10.0], 2.5)])
def test_the_median(values: list[float], expected: float) -> None:
    assert middle(values) == expected


def test_no_measure_has_no_median() -> None:
    with pytest.raises(ValueError, match="Aucune mesure"):
        middle([])


@given(st.floats(0.2, 2.5), st.floats(1e-6, 10.0), st.lists(st.integers(1, 10**7), min_size=2, max_size=6, unique=True))
def test_a_power_is_found_again(power: float, unit: float, sizes: list[int]) -> None:
    assert exponent([(size, unit * size**power) for size in sizes]) == pytest.approx(power, rel=1e-6, abs=1e-6)


def test_an_exponent_is_that_of_least_squares() -> None:
    assert exponent([(1, 1.0), (10, 20.0), (100, 100.0)]) == pytest.approx(1.0)


@pytest.mark.parametrize("points", [[], [(1, 1.0)], [(2, 1.0), (2, 3.0)], [(1, 1.0), (2, 0.0)], [(0, 1.0), (2, 1.0)]])
def test_what_has_no_exponent(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="deux tailles"):
        exponent(points)


def test_ratios() -> None:
    assert ratio(3.0, 2.0) == 1.5
    with pytest.raises(ValueError, match="aucun temps"):
        ratio(3.0, 0.0)


@pytest.mark.parametrize(
    ("target", "value", "held"),
    [
        (at_most(3), 3.0, True),
        (at_most(3), 3.01, False),
        (at_least(8), 8.0, True),
        (at_least(8), 7.9, False),
        (None, 1.0, None),
        (at_most(3), None, None),
    ],
)
def test_the_verdict(target: Target | None, value: float | None, held: bool | None) -> None:
    assert Figure(key="a", what="travail", value=value, target=target).held is held


def test_sides_are_measured_in_turn() -> None:
    order: list[str] = []

    def side(name: str) -> Sample:
        order.append(name)
        return Sample({"tout": float(len(order))})

    ours, other = alternately(3, lambda: side("nous"), lambda: side("autre"))
    assert order == ["nous", "autre"] * 3
    assert [sample.seconds for sample in ours] == [1.0, 3.0, 5.0]
    assert typical(other).seconds == 4.0


def test_medians_are_taken_stage_by_stage() -> None:
    samples = [
        Sample({"a": a, "b": b}, memory=memory) for a, b, memory in ((1.0, 9.0, 3), (5.0, 7.0, 1), (2.0, 8.0, 2))
    ]
    found = typical(samples)
    assert (found.stages, found.seconds, found.memory) == ({"a": 2.0, "b": 8.0}, 10.0, 2)
