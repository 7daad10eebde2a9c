"""Options of the writer: the boxes of NimbusImage's export dialog."""

from __future__ import annotations

from pydantic import Field

from segue.formats.nimbus_files.choice import Choice, Holes
from segue.formats.options import Options


class WriteOptions(Options):
    """What is written. A section that is not chosen is empty in the file, never missing: NimbusImage needs all four."""

    annotations: bool = Field(True, description="Write annotations.")
    connections: bool = Field(True, description="Write connections between annotations.")
    properties: bool = Field(True, description="Write definitions of properties.")
    values: bool = Field(True, description="Write values of properties; needs annotations and properties.")
    z: bool = Field(False, description="Write the z slice of an annotation as z of each of its vertices, too (NimbusImage then measures distances in 3D).")

    holes: Holes = Field(
        "fill",
        description="fill = without holes; keyhole = one outline with a slit along pixel edges to each hole; "
        "parts = each hole is an annotation with the tag hole, connected with its object",
    )
    connect_parts: bool = Field(False, description="Connect the further parts of an object with its first one, and give all of them the tag part.")

    @property
    def choice(self) -> Choice:
        """The same for the code that several formats share."""
        return Choice(self.annotations, self.connections and self.annotations, self.properties, self.values, self.z, self.holes, self.connect_parts)
