"""A fourth channel: it writes what it is given into a list, and fails when it is told to."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field

from notifications.channels.base import Channel, Outcome, Parcel, ProviderAwayError, Result
from notifications.errors import AddressError
from notifications.kinds import Form

# What becomes of a parcel: a result, or the provider goes away.
Fate = Result | None


def parse(text: str) -> str:
    """A page is a small number."""
    if not text.isdecimal():
        raise AddressError
    return text


@dataclass
class Notebook:
    """The sender, and everything that it was given. `fate` decides; None: the provider is away."""

    fate: Callable[[Parcel], Fate] = lambda _parcel: Result.SENT
    parcels: list[Parcel] = field(default_factory=list)
    name: str = "notebook"
    form: Form = Form.SHORT
    opened: int = 0
    closed: int = 0

    def send(self, parcels: Iterable[Parcel]) -> Generator[Outcome, None, None]:
        """Write down or fail."""
        self.opened += 1
        try:
            for parcel in parcels:
                fate = self.fate(parcel)
                if fate is None:
                    raise ProviderAwayError("no ink")
                if fate is Result.SENT:
                    self.parcels.append(parcel)
                error = "" if fate is Result.SENT else fate.value
                yield Outcome(parcel.delivery_id, fate, error, provider_id=f"n{len(self.parcels)}")
        finally:
            self.closed += 1

    @property
    def channel(self) -> Channel:
        """Its line in the registry."""
        return Channel(
            name=self.name,
            label="Notebook",  # type: ignore[arg-type]  # never shown
            form=self.form,
            parse=parse,
            mask=lambda value: value,
            open=lambda: self,
        )
