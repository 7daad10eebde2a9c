"""Sets of measurements under the names, and in the order, of other programs."""

from __future__ import annotations

from segue.errors import InvalidOption
from segue.measure.catalog import MEASUREMENTS
from segue.measure.preset import Heading, Preset

IMAGEJ = Preset(
    "imagej",
    "ImageJ 1.53t",
    (
        Heading("Area", "area"),
        Heading("Mean", "mean"),
        Heading("StdDev", "std_sample"),
        Heading("Mode", "mode"),
        Heading("Min", "min"),
        Heading("Max", "max"),
        Heading("X", "x"),
        Heading("Y", "y"),
        Heading("XM", "weighted_x"),
        Heading("YM", "weighted_y"),
        Heading("Perim.", "perimeter"),
        Heading("BX", "left"),
        Heading("BY", "top"),
        Heading("Width", "width"),
        Heading("Height", "height"),
        Heading("Major", "major"),
        Heading("Minor", "minor"),
        Heading("Angle", "angle"),
        Heading("Circ.", "circularity"),
        Heading("Feret", "feret"),
        Heading("IntDen", "integrated_density"),
        Heading("Median", "median_imagej"),
        Heading("Skew", "skewness"),
        Heading("Kurt", "kurtosis"),
        Heading("%Area", "nonzero_percent"),
        Heading("RawIntDen", "raw_integrated_density"),
        Heading("FeretX", "feret_x"),
        Heading("FeretY", "feret_y"),
        Heading("FeretAngle", "feret_angle"),
        Heading("MinFeret", "min_feret"),
        Heading("AR", "aspect_ratio"),
        Heading("Round", "roundness"),
        Heading("Solidity", "solidity"),
    ),
)

MANTIS = Preset(
    "mantis",
    "Mantis Viewer 1.2",
    (
        Heading("{channel} Mean", "mean"),
        Heading("{channel} Median", "median"),
        Heading("{channel} Num0", "zeros"),
        Heading("{channel} Sum", "sum"),
        Heading("Segment Area", "area"),
    ),
    last=(Heading("Centroid X", "x", "truncated index"), Heading("Centroid Y", "y", "truncated index")),
    by_name=True,
    pixels_only=True,
    label="Segment ID",
    populations="Populations",
)

MANTIS_MEAN, MANTIS_MEDIAN = (
    Preset(
        f"mantis-{statistic}",
        f"Mantis Viewer 1.0, {statistic}",
        (Heading("{channel}", statistic),),
        last=MANTIS.last,
        by_name=True,
        pixels_only=True,
        label=MANTIS.label,
        populations=MANTIS.populations,
        ending=f"_{statistic}",
    )
    for statistic in ("mean", "median")
)

_METRICS, _INTENSITY = "Blob metrics / ", "{channel} Blob intensity / "

NIMBUS = Preset(
    "nimbus",
    "NimbusImage, blob metrics and blob intensity of 2025",
    (
        Heading(f"{_METRICS}Area", "outline_area"),
        Heading(f"{_METRICS}Perimeter", "outline_length"),
        Heading(f"{_METRICS}Centroid / x", "outline_x"),
        Heading(f"{_METRICS}Centroid / y", "outline_y"),
        Heading(f"{_METRICS}Elongation", "elongation"),
        Heading(f"{_METRICS}Convexity", "convexity"),
        Heading(f"{_METRICS}Solidity", "outline_solidity"),
        Heading(f"{_METRICS}Rectangularity", "rectangularity"),
        Heading(f"{_METRICS}Circularity", "outline_circularity"),
        Heading(f"{_METRICS}Eccentricity", "outline_eccentricity"),
        Heading(f"{_INTENSITY}MeanIntensity", "mean"),
        Heading(f"{_INTENSITY}MaxIntensity", "max"),
        Heading(f"{_INTENSITY}MinIntensity", "min"),
        Heading(f"{_INTENSITY}MedianIntensity", "median"),
        Heading(f"{_INTENSITY}25thPercentileIntensity", "percentile 25"),
        Heading(f"{_INTENSITY}75thPercentileIntensity", "percentile 75"),
        Heading(f"{_INTENSITY}TotalIntensity", "sum"),
    ),
)

CELLPROFILER = Preset(
    "cellprofiler",
    "CellProfiler 4.2",
    (
        Heading("AreaShape_Area", "area"),
        Heading("AreaShape_BoundingBoxArea", "box_area"),
        Heading("AreaShape_BoundingBoxMaximum_X", "right"),
        Heading("AreaShape_BoundingBoxMaximum_Y", "bottom"),
        Heading("AreaShape_BoundingBoxMinimum_X", "left"),
        Heading("AreaShape_BoundingBoxMinimum_Y", "top"),
        Heading("AreaShape_Center_X", "x", "from centre"),
        Heading("AreaShape_Center_Y", "y", "from centre"),
        Heading("AreaShape_Compactness", "compactness"),
        Heading("AreaShape_ConvexArea", "convex_area_skimage"),
        Heading("AreaShape_Eccentricity", "eccentricity"),
        Heading("AreaShape_EquivalentDiameter", "equivalent_diameter"),
        Heading("AreaShape_EulerNumber", "euler"),
        Heading("AreaShape_Extent", "extent"),
        Heading("AreaShape_FormFactor", "form_factor"),
        Heading("AreaShape_MajorAxisLength", "axis_major"),
        Heading("AreaShape_MaxFeretDiameter", "feret_centres"),
        Heading("AreaShape_MaximumRadius", "max_radius"),
        Heading("AreaShape_MeanRadius", "mean_radius"),
        Heading("AreaShape_MedianRadius", "median_radius"),
        Heading("AreaShape_MinFeretDiameter", "min_feret_centres"),
        Heading("AreaShape_MinorAxisLength", "axis_minor"),
        Heading("AreaShape_Orientation", "orientation", "degrees"),
        Heading("AreaShape_Perimeter", "perimeter_skimage"),
        Heading("AreaShape_Solidity", "solidity_skimage"),
        Heading("Intensity_IntegratedIntensity_{channel}", "sum", "full scale"),
        Heading("Intensity_MaxIntensity_{channel}", "max", "full scale"),
        Heading("Intensity_MeanIntensity_{channel}", "mean", "full scale"),
        Heading("Intensity_MinIntensity_{channel}", "min", "full scale"),
        Heading("Intensity_StdIntensity_{channel}", "std", "full scale"),
        Heading("Location_Center_X", "x", "from centre"),
        Heading("Location_Center_Y", "y", "from centre"),
        Heading("Location_CenterMassIntensity_X_{channel}", "weighted_x", "from centre"),
        Heading("Location_CenterMassIntensity_Y_{channel}", "weighted_y", "from centre"),
    ),
    by_name=True,
    pixels_only=True,
    dimensions=(2,),
    label="ObjectNumber",
    left_out=(
        "AreaShape_Zernike_*, *Moment*, InertiaTensor*: not measured",
        "Intensity_MedianIntensity, LowerQuartileIntensity, UpperQuartileIntensity, MADIntensity: CellProfiler has ranks of its own",
        "Intensity_*Edge, Intensity_MassDisplacement, Location_MaxIntensity_*: not measured",
        "Location_Center_Z: always 0",
        "Number_Object_Number: the label",
    ),
)

ALL = Preset("all", "segue", tuple(Heading(f"{{channel}} {one.name}" if one.channels else one.name, one.name) for one in MEASUREMENTS), label="label")

PRESETS: tuple[Preset, ...] = (IMAGEJ, MANTIS, MANTIS_MEAN, MANTIS_MEDIAN, NIMBUS, CELLPROFILER, ALL)


def preset_of(name: str) -> Preset:
    """The preset of that name.

    Raises
    ------
    InvalidOption
        There is none.
    """
    for preset in PRESETS:
        if preset.name == name:
            return preset
    names = ", ".join(preset.name for preset in PRESETS)
    raise InvalidOption(f"there is no preset {name!r}; choose one of {names}", option="preset", given=name)
