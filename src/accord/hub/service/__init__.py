"""What a request does. Plain functions over one connection; whoever calls them runs them in one transaction."""
