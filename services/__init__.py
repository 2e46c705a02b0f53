"""The seven services. They never import each other; what one needs of another comes over the bus."""
