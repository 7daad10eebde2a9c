"""HTTP: requests -> recipes -> the same workflow calls as the command line. For now only how errors answer."""
