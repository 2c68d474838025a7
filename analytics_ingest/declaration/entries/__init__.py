"""Resources that an API lists itself: the entries of a listing → resources."""
