"""The State's own order of its requests for assistance: by numbers that were typed, or one step up or down."""

from collections.abc import Mapping, Sequence


def by_numbers(current: Sequence[str], numbers: Mapping[str, str]) -> list[str]:
    """The order that the typed numbers say; one that was given the place of another goes before or after it.

    Who moves up goes before the one that holds the place, who moves down behind it. What is no number changes nothing.
    """

    def place(position: int, request: str) -> float:
        try:
            wanted = int(numbers.get(request, ""))
        except ValueError:
            return float(position)
        if wanted == position:
            return float(position)
        return wanted - 0.5 if wanted < position else wanted + 0.5

    keyed = [(place(position, request), position, request) for position, request in enumerate(current, start=1)]
    return [request for _place, _position, request in sorted(keyed)]


def moved(current: Sequence[str], request: str, step: int) -> list[str]:
    """The order with one request a step up (-1) or down (+1); at the end of the list nothing changes."""
    order = list(current)
    if request in order:
        position = order.index(request)
        target = min(max(position + step, 0), len(order) - 1)
        order.insert(target, order.pop(position))
    return order
