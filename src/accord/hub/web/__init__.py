"""HTTP: routes, HAL documents, pages."""
