"""Pictures of image sets: what is shown and how is decided here, once; painted tile by tile in ``segue.render``."""
