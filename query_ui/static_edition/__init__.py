"""The static edition: the pages and downloads of a release as files for any web host."""
