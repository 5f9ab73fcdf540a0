"""Shapes of areas and plots: HTML form, bulk row and JSON alike."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gi_registry.origin.rules.proposals import ProposalKind
from gi_registry.origin.rules.shift import Datum
from gi_registry.origin.rules.terms import Capture, Tenure

_SHAPE = ConfigDict(frozen=True, str_strip_whitespace=True)


class AreaFields(BaseModel):
    """What an area version states besides its outline. ``places`` is one place a line."""

    model_config = _SHAPE

    zone: str = Field(default="", max_length=60)
    valid_from: date | None = None
    valid_to: date | None = None
    text: str = Field(default="", max_length=20_000)
    places: str = Field(default="", max_length=20_000)
    uncertainty_m: int = Field(default=0, ge=0, le=10_000)
    map_review_no: str = Field(default="", max_length=60)
    source: str = Field(default="", max_length=400)

    @property
    def place_list(self) -> list[str]:
        """The places, one each."""
        separated = self.places.replace("|", "\n").replace("；", "\n").replace("、", "\n")
        return [line.strip() for line in separated.splitlines() if line.strip()]


class EndArea(BaseModel):
    """The day from which an area version no longer holds."""

    model_config = _SHAPE

    valid_to: date


class ProposalFields(AreaFields):
    """What an officer proposes: a version, or the end of the one in force from ``valid_from`` on; ``note`` says why."""

    kind: ProposalKind = ProposalKind.VERSION
    note: str = Field(default="", max_length=2_000)


class DecideProposal(BaseModel):
    """What the second officer says of a proposal, and the version of it that was read."""

    model_config = _SHAPE

    version: int | None = None
    reason: str = Field(default="", max_length=2_000)


class PlotFields(BaseModel):
    """What a producer states of a plot besides its outline; ``accuracy_m`` is that of the device, in metres."""

    model_config = _SHAPE

    name: str = Field(min_length=1, max_length=80)
    zone: str = Field(default="", max_length=60)
    crop: str = Field(default="", max_length=80)
    variety: str = Field(default="", max_length=80)
    season: str = Field(default="", max_length=40)
    land_record: str = Field(default="", max_length=80)
    division_code: str = Field(default="", max_length=12, pattern=r"^(\d{6}|\d{9}|\d{12})?$")
    farmer_id: int | None = None
    tenure: Tenure = Tenure.OWN
    capture: Capture = Capture.MAP
    accuracy_m: int = Field(default=0, ge=0, le=1000)
    valid_from: date | None = None
    valid_to: date | None = None


class FarmerFields(BaseModel):
    """The household that works a contracted plot: its name as in the contract, the village, the number of the contract."""

    model_config = _SHAPE

    farmer: str = Field(default="", max_length=80)
    farmer_division: str = Field(default="", max_length=12, pattern=r"^(\d{6}|\d{9}|\d{12})?$")
    farmer_contract: str = Field(default="", max_length=80)


class Outline(BaseModel):
    """An outline as typed: a corner a line, or GeoJSON text; ``datum`` is what its numbers, or those of the file beside it, refer to.

    ``crs`` declares a system (EPSG code, gcj02, bd09) where the file names none; ``layer``, ``feature`` and ``encoding`` choose in a file.
    """

    model_config = _SHAPE

    geometry: str = Field(default="", max_length=200_000)
    datum: Datum = Datum.CGCS2000
    crs: str = Field(default="", max_length=60)
    layer: str = Field(default="", max_length=200)
    feature: str = Field(default="", max_length=60)
    encoding: str = Field(default="", max_length=20)


class Version(BaseModel):
    """The version of the record the form was opened on."""

    model_config = _SHAPE

    version: int | None = None


class Retire(BaseModel):
    """The yes to retiring a plot, and the version that was seen."""

    model_config = _SHAPE

    version: int | None = None
    confirmed: bool = False


class FileChoices(BaseModel):
    """How a file of plots is read: layer, coordinates, which of its properties is which column, and what holds for all its plots."""

    model_config = _SHAPE

    layer: str = Field(default="", max_length=200)
    crs: str = Field(default="", max_length=40)
    datum: Datum = Datum.CGCS2000
    encoding: str = Field(default="", max_length=20)
    key_name: str = Field(default="", max_length=200)
    key_zone: str = Field(default="", max_length=200)
    key_crop: str = Field(default="", max_length=200)
    key_variety: str = Field(default="", max_length=200)
    key_season: str = Field(default="", max_length=200)
    key_land_record: str = Field(default="", max_length=200)
    key_division_code: str = Field(default="", max_length=200)
    key_farmer: str = Field(default="", max_length=200)
    key_farmer_contract: str = Field(default="", max_length=200)
    zone: str = Field(default="", max_length=60)
    crop: str = Field(default="", max_length=80)
    variety: str = Field(default="", max_length=80)
    season: str = Field(default="", max_length=40)
    tenure: Tenure = Tenure.OWN
    capture: Capture = Capture.SURVEY
    accuracy_m: int = Field(default=1, ge=0, le=1000)
    valid_from: date | None = None

    @property
    def columns(self) -> dict[str, str]:
        """The property of the file behind each column, where one was chosen."""
        chosen = {name.removeprefix("key_"): value for name, value in self.model_dump().items() if name.startswith("key_")}
        return {column: key for column, key in chosen.items() if key}

    @property
    def for_all(self) -> dict[str, object]:
        """What holds for every plot of the file that does not say otherwise."""
        names = ("zone", "crop", "variety", "season", "tenure", "capture", "accuracy_m", "valid_from")
        return {name: getattr(self, name) for name in names}


class Decisions(BaseModel):
    """What a person decided on a file of plots: positions from 1, and whether one that fails holds up the rest."""

    model_config = _SHAPE

    take: list[int] = Field(default_factory=list, max_length=5_000)
    repair: list[int] = Field(default_factory=list, max_length=5_000)
    shift: list[int] = Field(default_factory=list, max_length=5_000)
    scope: Literal["all", "good"] = "all"


class Selection(BaseModel):
    """Plots an officer chose from a list, each with the version that was seen: ``id.version``."""

    model_config = _SHAPE

    plot: list[str] = Field(default_factory=list, max_length=500)

    @property
    def versions(self) -> dict[int, int]:
        """Return the version seen of each plot by its id; what is no pair of numbers is left out."""
        pairs = (item.split(".") for item in self.plot)
        return {
            int(pair[0]): int(pair[1]) for pair in pairs if len(pair) == 2 and all(part.isdecimal() and len(part) < 10 for part in pair)
        }


class StateArea(BaseModel):
    """An official figure of land: place, crop (empty: all), year, mu with up to three places, where it stands."""

    model_config = _SHAPE

    division_code: str = Field(pattern=r"^(\d{6}|\d{9}|\d{12})$")
    crop: str = Field(default="", max_length=80)
    year: int = Field(ge=1990, le=2200)
    area_mu: str = Field(min_length=1, max_length=20)
    source: str = Field(min_length=1, max_length=200)


class PlotFilters(BaseModel):
    """What the address of a list of plots asks for: a text, a verdict, verified or not, in use or not, a GI."""

    model_config = _SHAPE

    q: str = Field(default="", max_length=100)
    verdict: str = ""
    verified: str = ""
    used: str = ""
    gi: int | None = None

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.q or self.verdict or self.verified or self.used or self.gi)
