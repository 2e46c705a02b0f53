"""The dashboard: the live list of incidents and the page of one, in English and Chinese, by the public API only."""
