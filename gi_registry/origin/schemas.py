"""Shapes of areas and plots: HTML form, bulk row and JSON alike."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

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
    """An outline as typed: a corner a line, or GeoJSON text; ``datum`` is what its numbers, or those of the file beside it, refer to."""

    model_config = _SHAPE

    geometry: str = Field(default="", max_length=200_000)
    datum: Datum = Datum.CGCS2000


class Version(BaseModel):
    """The version of the record the form was opened on."""

    model_config = _SHAPE

    version: int | None = None
