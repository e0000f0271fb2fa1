// Swift calls nothing here: the linker puts it in place of the C library's (Package.swift, `--wrap=dlsym`).
