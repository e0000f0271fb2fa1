/// What is known while one template is read, and the warnings that are collected on the way.
final class TemplateContext {
  let file: String
  let intrinsics: Intrinsics
  private(set) var warnings: [TemplateWarning] = []

  init(file: String, intrinsics: Intrinsics) {
    self.file = file
    self.intrinsics = intrinsics
  }

  func warn(_ line: Int, _ what: String) {
    warnings.append(TemplateWarning(file: file, line: line, what: what))
  }

  func error(_ line: Int, _ what: String, _ advice: String) -> TemplateError {
    TemplateError(file: file, line: line, what: what, advice: advice)
  }
}
