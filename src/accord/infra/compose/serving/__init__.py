"""From a plan to servers: which of ours stands for a service, how it is run, and how it is filled."""
