"""Put the parts together: the only package that knows every layer. Nothing is decided here."""
