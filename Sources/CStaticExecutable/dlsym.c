#define _GNU_SOURCE
#include <spawn.h>
#include <stddef.h>
#include <string.h>

/// dlsym(3) for a program that is linked whole. There is no table of symbols in such a program, so that the C library's
/// own finds nothing, not even what is inside. Subprocess asks for these two: without them it does not use
/// posix_spawn(3) but fork(2), which copies the page tables of the whole process for each program that is started.
void *__wrap_dlsym(void *handle, const char *name) {
  if (strcmp(name, "posix_spawn_file_actions_addclosefrom_np") == 0) {
    return (void *)posix_spawn_file_actions_addclosefrom_np;
  }
  if (strcmp(name, "posix_spawn_file_actions_addfchdir_np") == 0) {
    return (void *)posix_spawn_file_actions_addfchdir_np;
  }
  return NULL;
}
