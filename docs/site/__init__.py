"""What the site needs beyond Sphinx: pictures within pages, pages of sources. Imported by Sphinx alone."""
