"""Who is who: fold numbers and names, compare them, climb the ladder, keep the person index."""
