// How many tests run at once: see width.c. There is nothing to call.
