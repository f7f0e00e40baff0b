"""Write all pictures, the style sheet, and the made parts of pages."""

from docs.pictures.make import write

write()
