"""Archives of NimbusImage: the JSON of every dataset of a collection."""
