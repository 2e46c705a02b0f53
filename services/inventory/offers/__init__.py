"""Which depot could serve a site: free stock, and whether it lies in the site's own region."""
