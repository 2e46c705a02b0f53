"""Which records hold a text: pairs of neighbouring characters, kept by a trigger beside each searched table."""
