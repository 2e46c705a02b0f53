"""What contracts knows of people: their snapshots, for the engineers that contracts and assets name."""
