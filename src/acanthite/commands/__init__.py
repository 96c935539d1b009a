"""The commands, one file each: options with their help, one library call, print."""
