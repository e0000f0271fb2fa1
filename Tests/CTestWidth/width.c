#include <stdlib.h>

#include "CTestWidth.h"

// Swift Testing starts all tests at once. These have servers, processes and databases of their own: a thousand of them
// side by side only wait for each other, until what they test gives up. Swift Testing reads the variable when it starts,
// which is after this; whoever sets it has the last word.
__attribute__((constructor)) static void limit_width(void) {
  setenv("SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH", "8", 0);
}
