"""Images by what they can do: built when first needed, collected when nobody uses them."""
