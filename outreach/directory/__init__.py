"""People who left, the companies and chambers they belong to, and how both get into the register."""
