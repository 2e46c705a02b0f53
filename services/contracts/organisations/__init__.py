"""Each customer's emergency organisation: who acts, who decides, who is told."""
