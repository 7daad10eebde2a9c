"""What all files of Mantis Viewer share: a population as its row of JSON, its colours and names, regions as pixel numbers (ADR 0066)."""
