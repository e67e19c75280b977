"""Long trials: crawls under kills, faults and load, and measurements of the store."""
