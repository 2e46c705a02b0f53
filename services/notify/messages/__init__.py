"""Messages to people: what is told to whom on which occasion, and how each mail fared."""
