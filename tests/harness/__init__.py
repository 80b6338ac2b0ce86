"""What the tests of the hosted shell and of the installed program stand on."""
