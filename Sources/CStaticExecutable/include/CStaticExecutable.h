// Swift calls nothing here. In a program that is linked whole the linker takes these functions where the system's
// libraries cannot be had (Package.swift).
