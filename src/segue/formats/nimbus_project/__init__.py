"""Projects of NimbusImage as it publishes them: a folder with a manifest, annotations and configurations."""
