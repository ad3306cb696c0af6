"""kultursam plans recurring meetings across organisations."""
