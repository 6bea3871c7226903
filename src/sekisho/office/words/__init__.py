"""What is said to people, in the language that is active: money, instants, numbers, countries, states, sentences."""
