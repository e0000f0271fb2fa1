@main struct PlaceholderMain { static func main() {} }
