"""What the tests share: scriptable servers on real sockets, and short ways to declare and load."""
