"""UserService: who the customers are, and the tokens that say so."""
