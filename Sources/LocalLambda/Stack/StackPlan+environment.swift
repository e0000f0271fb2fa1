/// What the caller's environment says in the template's place.
extension StackPlan {
  /// The caller's value for a variable of a function. An empty one counts as none, and so does one that has nothing to
  /// do with functions: everybody's shell has it.
  static func given(_ name: String, in environment: [String: String]) -> String? {
    guard let value = environment[name], !value.isEmpty, !isShells(name) else { return nil }
    return value
  }

  /// Whether shells, terminals and sessions set a variable for themselves.
  private static func isShells(_ name: String) -> Bool {
    shellVariables.contains(name) || name.hasPrefix("LC_") || name.hasPrefix("XDG_")
  }

  private static let shellVariables: Set<String> = [
    "COLORTERM", "DISPLAY", "EDITOR", "HOME", "HOSTNAME", "LANG", "LANGUAGE", "LOGNAME", "MAIL", "OLDPWD", "PAGER",
    "PATH", "PWD", "SHELL", "SHLVL", "TERM", "TMPDIR", "USER", "VISUAL",
  ]
}
