"""An engineer's visits to the site: planned, en route, arrived, done."""
