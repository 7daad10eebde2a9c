"""Options of the writer: the boxes of NimbusImage's export dialog."""

from __future__ import annotations

from pydantic import Field

from segue.formats.nimbus_files.choice import Choice, Holes
from segue.formats.options import Options


class AnnotationOptions(Options):
    """What is written, beside properties. A section that is not chosen is empty in the file, never missing: NimbusImage needs all four."""

    annotations: bool = Field(True, description="Write annotations.")
    connections: bool = Field(True, description="Write connections between annotations.")
    values: bool = Field(True, description="Write values of properties; needs annotations and properties.")
    z: bool = Field(False, description="Write the z slice of an annotation as z of each of its vertices, too (NimbusImage then measures distances in 3D).")

    holes: Holes = Field(
        "fill",
        description="fill = without holes; keyhole = one outline with a slit along pixel edges to each hole; "
        "parts = each hole is an annotation with the tag hole, connected with its object",
    )
    connect_parts: bool = Field(False, description="Connect the further parts of an object with its first one, and give all of them the tag part.")

    def choosing(self, *, properties: bool) -> Choice:
        """The same for the code that several formats share."""
        return Choice(self.annotations, self.connections and self.annotations, properties, self.values, self.z, self.holes, self.connect_parts)


class WriteOptions(AnnotationOptions):
    """What is written."""

    properties: bool = Field(True, description="Write definitions of properties.")

    @property
    def choice(self) -> Choice:
        """The same for the code that several formats share."""
        return self.choosing(properties=self.properties)


class ReadOptions(Options):
    """What is mended."""

    shift: float = Field(
        0.0,
        ge=-1000,
        le=1000,
        allow_inf_nan=False,
        description="Move annotations by as many pixels in x and y; 0.5 mends those of the workers SAM, SAM2 and Laplacian of Gaussian, "
        "which lie half a pixel too far to the top left",
    )
    shift_tag: str | None = Field(None, description="Move only annotations with this tag, e.g. the one that was given to the worker")
    rejoin: bool = Field(
        False,
        description="Put together again what holes=keyhole, holes=parts and connect_parts made of an object, in a file that NimbusImage wrote since: "
        "only where outline, place, tags and connection all say so",
    )
