/// Columns that line up, for people.
struct Table {
  private let headers: [String]
  private var rows: [[String]] = []

  init(_ headers: String...) { self.headers = headers }

  mutating func add(_ cells: String...) { rows.append(cells) }

  /// The lines; the last column is cut to the terminal's width.
  func lines(width: Int = Platform.terminalSize.columns) -> [String] {
    let all = [headers] + rows
    let widths = headers.indices.dropLast().map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.enumerated().map { index, row in
      var line = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count + 2)
      }.joined()
      let last = row.last ?? ""
      let room = max(10, width - line.count)
      line += last.count > room ? last.prefix(room - 1) + "…" : last
      return index == 0 ? Console.styled(line, .dim) : line
    }
  }

  /// Writes the lines as the result.
  func show() throws(Failure) {
    for line in lines() { try Console.output(line) }
  }
}
