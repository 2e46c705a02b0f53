"""Two reports of one fault: merged, and taken apart again without loss."""
