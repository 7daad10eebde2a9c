"""GeoParquet: tables of objects with their geometry."""
