"""`aftercare import`: what another system recorded, brought over with its whole history."""
