"""One rule a module: each weighs the window for one region and returns Evidence. They do not know each other."""
