"""Pictures: planes of channels, segments, figures and text as red, green and blue; the same whatever the tile in which they are painted."""
