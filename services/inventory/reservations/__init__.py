"""Parts held for incidents: reserved at the best depot, issued by its keeper, used by an engineer, or free again."""
