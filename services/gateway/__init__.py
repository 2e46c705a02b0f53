"""Sign-in, and the one door of the platform: who asks, may they pass, where does it go."""
