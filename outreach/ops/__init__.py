"""Running the house: commands, backup, health. The demo lives here too."""
