"""What the rooms cost: room types and plans down, days across."""
