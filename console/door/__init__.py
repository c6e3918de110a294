"""An area of the console: views, forms and templates."""
