"""Who may go where, how often, and when a neighbour is left alone. Time comes in as seconds."""
