/// The end of a program that does not wait for its parts.
public enum HardStop {
  /// Kills every process that functions and extensions have, with all that they started. What is in work is lost.
  public static func killFunctions() { FunctionProcess.killAll() }
}
