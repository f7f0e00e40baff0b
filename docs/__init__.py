"""The documentation: pages in Markdown, and the programs that make its pictures and its site."""
