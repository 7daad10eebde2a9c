"""Results tables of ImageJ and Fiji."""
