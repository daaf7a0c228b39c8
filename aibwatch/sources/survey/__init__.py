"""Find out all that the rules of readiness go by: `surveyor` puts it together, each of the others reads one thing."""
