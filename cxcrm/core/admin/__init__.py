"""What every admin page is built on: the site, the base classes and the forms of working pages."""
